import { useEffect, useRef, useState } from 'react';
import { Button } from '@mantine/core';
import { IconDownload, IconPlayerStop } from '@tabler/icons-react';
import { useClient } from 'urql';
import type { ReadPage } from '../api/pages';
import { useMessages } from '../i18n';
import type { ListLine } from '../list/rows';
import { notice } from '../parts/notice';
import { useSentence } from '../parts/Notes';
import { csvOf, save } from './csv';

/** Downloads the list, whole. Pressed while it is read, it stops. */
export function Download({ read, name }: { read: ReadPage<ListLine>; name: string }) {
  const { lists } = useMessages();
  const sentence = useSentence();
  const client = useClient();
  const [count, setCount] = useState<number>();
  const stopper = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => stopper.current?.abort(), []);
  const press = async (): Promise<void> => {
    if (count !== undefined) {
      stopper.current?.abort();
      setCount(undefined);
      return;
    }
    const controller = new AbortController();
    stopper.current = controller;
    setCount(0);
    try {
      const file = await csvOf(client, read, setCount, controller.signal);
      if (file) save(file, `${name}.csv`);
    } catch (error) {
      notice(sentence(error as Error));
    }
    setCount(undefined);
  };
  const isReading = count !== undefined;
  return (
    <Button
      variant="default"
      size="xs"
      className="download"
      aria-label={isReading ? lists.downloading(count) : lists.downloadLabel}
      leftSection={isReading ? <IconPlayerStop size={15} aria-hidden /> : <IconDownload size={15} aria-hidden />}
      onClick={() => void press()}
    >
      {isReading ? lists.downloading(count) : <span className="download-label">{lists.download}</span>}
    </Button>
  );
}
