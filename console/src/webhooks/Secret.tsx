import { Button, Modal } from '@mantine/core';
import { useMessages } from '../i18n';
import { CopyText } from '../parts/CopyText';

/** Shows a secret, this once. It goes when a person says that it is kept, and by no slip of the hand. */
export function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { webhooks: words } = useMessages();
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.secretTitle}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <div className="dialog">
        <p>{words.secretOnce}</p>
        <CopyText label={words.secret} text={secret} />
        <div className="dialog-buttons">
          <Button onClick={onClose}>{words.secretKept}</Button>
        </div>
      </div>
    </Modal>
  );
}
