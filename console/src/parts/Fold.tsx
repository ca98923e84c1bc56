import { IconChevronRight } from '@tabler/icons-react';

interface Props {
  isOpen: boolean;
  label: string;
  isDisabled?: boolean;
  /** Whether the keyboard comes here when it comes to the row. */
  isFirst?: boolean;
  onClick: () => void;
}

/** Shows and hides what belongs to a row or a card. */
export function Fold({ isOpen, label, isDisabled, isFirst, onClick }: Props) {
  return (
    <button
      type="button"
      className="fold"
      data-focus={isFirst ? true : undefined}
      aria-expanded={isOpen}
      aria-label={label}
      disabled={isDisabled}
      onClick={onClick}
    >
      <IconChevronRight size={15} stroke={2} aria-hidden />
    </button>
  );
}
