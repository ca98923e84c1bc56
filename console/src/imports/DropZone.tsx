import { useRef, useState } from 'react';
import { CloseButton } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useMessages } from '../i18n';
import { size } from './size';

/** Files are dropped here, or chosen with the keyboard. */
export function DropZone({ files, onChange }: { files: File[]; onChange: (files: File[]) => void }) {
  const { imports: words } = useMessages();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const add = (list: FileList | null): void => {
    const names = new Set(Array.from(list ?? [], ({ name }) => name));
    onChange([...files.filter(({ name }) => !names.has(name)), ...Array.from(list ?? [])]);
  };
  return (
    <div>
      <button
        type="button"
        className="drop"
        data-over={isOver || undefined}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          add(event.dataTransfer.files);
        }}
      >
        <IconFileUpload size={28} stroke={1.5} aria-hidden />
        <span className="drop-title">{words.drop}</span>
        <span className="quiet">{words.dropHelp}</span>
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={words.choose}
        onChange={(event) => {
          add(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      {files.length > 0 && (
        <ul className="file-list" aria-label={words.files(files.length)}>
          {files.map((file) => (
            <li key={file.name}>
              <bdi className="clip">{file.name}</bdi>
              <span className="quiet">{size(file.size)}</span>
              <CloseButton
                size="sm"
                aria-label={words.remove(file.name)}
                onClick={() => onChange(files.filter((one) => one !== file))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
