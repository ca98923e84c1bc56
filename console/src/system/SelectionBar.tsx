import { Button, CloseButton, Loader } from '@mantine/core';
import type { ActionKind } from '../actions/kinds';
import { useMessages } from '../i18n';
import { SumsOf } from '../parts/Amount';
import type { Selection } from '../list/selection';

interface Props {
  selection: Selection;
  /** How many were found so far, while all that match are being chosen. */
  gathering: number | undefined;
  onStop: () => void;
  onClear: () => void;
  actions: ActionKind[];
  isOfChanged: boolean;
  onAct: (kind: ActionKind) => void;
}

/** What is chosen, what it adds up to, and what can be done with it. It lies over the page, so that nothing moves. */
export function SelectionBar({ selection, gathering, onStop, onClear, actions, isOfChanged, onAct }: Props) {
  const { actions: words, app, lists } = useMessages();
  if (gathering !== undefined) {
    return (
      <div className="selection-bar" role="region" aria-label={lists.selection}>
        <Loader size="xs" aria-hidden />
        <span role="status">{lists.selecting(gathering)}</span>
        <Button size="xs" variant="default" onClick={onStop}>
          {app.stop}
        </Button>
      </div>
    );
  }
  if (selection.size === 0) return null;
  return (
    <div className="selection-bar" role="region" aria-label={lists.selection}>
      <CloseButton size="sm" aria-label={lists.clear} onClick={onClear} />
      <span className="selection-count" role="status">
        {lists.selectionOf(selection.vouchers().size, selection.size)}
      </span>
      <SumsOf sums={selection.sums} />
      <span className="selection-actions">
        {actions.map((kind, place) => (
          <Button key={kind} size="xs" variant={place === 0 ? 'filled' : 'default'} onClick={() => onAct(kind)}>
            {isOfChanged && kind === 'mark' ? words.markChanged : words[kind]}
          </Button>
        ))}
      </span>
    </div>
  );
}
