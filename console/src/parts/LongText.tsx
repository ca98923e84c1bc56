import { Textarea } from '@mantine/core';

interface Props {
  label: string;
  description?: string;
  value: string;
  onChange: (value: string) => void;
  /** Whether a dialog puts the cursor here. */
  isFirst?: boolean;
}

/** A text that has to be given, such as a reason; the API takes as much of it. */
export function LongText({ label, description, value, onChange, isFirst }: Props) {
  return (
    <Textarea
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      maxLength={2000}
      autosize
      minRows={2}
      maxRows={8}
      required
      data-autofocus={isFirst ? true : undefined}
    />
  );
}
