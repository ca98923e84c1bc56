import { CloseButton } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useStore } from '../api/store';
import { useMessages } from '../i18n';
import { noticeStore } from '../parts/notice';

/** What was done last, for eyes and for screen readers. */
export function Notice() {
  const { app } = useMessages();
  const said = useStore(noticeStore);
  return (
    <div className="notice-place" role="status" aria-live="polite">
      {said && (
        <div className="notice">
          <IconCheck size={18} aria-hidden />
          <span>{said.text}</span>
          <CloseButton size="sm" aria-label={app.close} onClick={() => noticeStore.set(undefined)} />
        </div>
      )}
    </div>
  );
}
