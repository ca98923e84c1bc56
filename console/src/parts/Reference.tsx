import { IconExternalLink } from '@tabler/icons-react';
import { useMessages } from '../i18n';

/** The address, where it is one that a browser may open. */
function safe(url: string | null | undefined): string | undefined {
  if (!url) return undefined;
  try {
    const parsed = new URL(url);
    return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed.href : undefined;
  } catch {
    return undefined;
  }
}

/** The system's own document: a link, where it has an address. */
export function Reference({ reference }: { reference: { documentId: string; url: string | null } }) {
  const { app } = useMessages();
  const href = safe(reference.url);
  if (!href) return <bdi className="reference">{reference.documentId}</bdi>;
  return (
    <a className="reference" href={href} target="_blank" rel="noopener noreferrer" title={href}>
      <bdi>{reference.documentId}</bdi>
      <IconExternalLink size={13} aria-label={app.opensElsewhere} />
    </a>
  );
}
