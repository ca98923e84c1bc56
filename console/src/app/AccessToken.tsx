import { useEffect, useRef } from 'react';
import { Button, PasswordInput } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { accessStore, enter } from '../api/access';
import { useStore } from '../api/store';
import { useMessages } from '../i18n';

/** In the place of everything else, when the server asks for a token or refuses the one it was given. */
export function AccessToken() {
  const { app } = useMessages();
  const access = useStore(accessStore);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    const token = input.current?.value.trim();
    if (token) enter(token);
  };
  return (
    <main id="content" className="access">
      <form className="card" onSubmit={submit}>
        <IconKey size={28} stroke={1.5} aria-hidden />
        <p role="status">{access === 'refused' ? app.access.refused : app.access.wanted}</p>
        <PasswordInput ref={input} label={app.access.label} autoComplete="off" placeholder="lgt_…" />
        <Button type="submit">{app.access.use}</Button>
        <p className="quiet">
          <code>ledgate token create</code> {app.access.hint}
        </p>
      </form>
    </main>
  );
}
