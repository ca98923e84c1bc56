import { useRef, useState } from 'react';
import { Button, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useMessages } from '../i18n';

/** A text to take along: to be copied by a button, or by hand. */
export function CopyText({ label, text }: { label: string; text: string }) {
  const { app } = useMessages();
  const input = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<string>();
  const isCopied = copied === text;
  const copy = async (): Promise<void> => {
    if (await copyFrom(input.current)) setCopied(text);
  };
  return (
    <div className="copy-text">
      <TextInput ref={input} label={label} value={text} readOnly spellCheck={false} onFocus={(event) => event.currentTarget.select()} />
      <Button
        variant="default"
        leftSection={isCopied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
        onClick={() => void copy()}
      >
        {app.copy}
      </Button>
      <span className="quiet" role="status">
        {isCopied ? app.copied : ''}
      </span>
    </div>
  );
}

async function copyFrom(input: HTMLInputElement | null): Promise<boolean> {
  if (!input) return false;
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    // A page that came by plain HTTP has no clipboard. What is selected is copied in the old way.
    return document.execCommand('copy');
  }
}
