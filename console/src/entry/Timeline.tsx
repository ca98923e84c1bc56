import { ConsoleTimelineDocument, type ConsoleTimelineQuery } from '@ledgate/client/documents';
import { askFor } from '../api/ask';
import { backwards, pageOf, usePages } from '../api/pages';
import { useReloadOn } from '../api/useReloadOn';
import { useMessages } from '../i18n';
import { More } from '../parts/More';
import { ErrorNote, Loading } from '../parts/Notes';
import { Reference } from '../parts/Reference';
import { Failure } from '../parts/State';
import { Moment } from '../parts/When';

type Connection = NonNullable<NonNullable<ConsoleTimelineQuery['accountingEntry']>['timeline']>;
type Event = Connection['nodes'][number];

const TONES: Partial<Record<Event['kind'], string>> = {
  EXPORTED: 'exported',
  MARK_RESTORED: 'exported',
  FAILED: 'failed',
  CLAIM_EXPIRED: 'failed',
  PARKED: 'parked',
  CLAIMED: 'claimed',
  UPDATED: 'changed',
  WITHDRAWN: 'withdrawn',
  UNMARKED: 'changed',
  REPLAYED: 'changed',
};

/** What happened to the entry, the last first. */
export function Timeline({ id, refreshed }: { id: string; refreshed: number }) {
  const { entry: words } = useMessages();
  const pages = usePages<Event>(`timeline ${id}`, async (client, { after: before }) =>
    backwards(pageOf((await askFor(client, ConsoleTimelineDocument, { id, before })).accountingEntry?.timeline)),
  );
  useReloadOn(refreshed, pages.reload);
  return (
    <section className="panel" aria-labelledby="timeline">
      <h2 id="timeline">{words.timeline}</h2>
      {!pages.isLoaded && (pages.error ? <ErrorNote error={pages.error} onRetry={pages.reload} /> : <Loading />)}
      <ol className="timeline">
        {pages.rows.map((event) => (
          <TimelineItem key={event.id} event={event} />
        ))}
      </ol>
      <More pages={pages} label={words.older} />
    </section>
  );
}

function TimelineItem({ event }: { event: Event }) {
  const { entry: words, names } = useMessages();
  const fields = names.fields as Record<string, string>;
  const said = [event.note, event.reason].filter((text) => text);
  return (
    <li data-tone={TONES[event.kind] ?? 'none'}>
      <p className="event-head">
        <strong>{names.events[event.kind] ?? names.events.OTHER}</strong> {event.systemId && <bdi>{words.to(event.systemId)}</bdi>}{' '}
        {event.failureType && <Failure type={event.failureType} />} {event.reference && <Reference reference={event.reference} />}
      </p>
      {said.map((text) => (
        <p key={text} className="wrap">
          <bdi>{text}</bdi>
        </p>
      ))}
      {event.replaced.map(({ field, value }) => (
        <p key={field} className="wrap">
          <bdi>{words.was(fields[field] ?? field, value ?? words.empty)}</bdi>
        </p>
      ))}
      <p className="quiet">
        <Moment time={event.at} />
        {event.actor && (
          <>
            {' · '}
            <bdi>{words.by(event.actor)}</bdi>
          </>
        )}
        {event.worker && (
          <>
            {' · '}
            <bdi>{words.claimedBy(event.worker)}</bdi>
          </>
        )}
        {event.version !== null && ` · ${words.version(event.version)}`}
        {event.attempts !== null && ` · ${words.attempt(event.attempts)}`}
        {event.nextAttemptAt && (
          <>
            {' · '}
            {words.next} <Moment time={event.nextAttemptAt} />
          </>
        )}
      </p>
    </li>
  );
}
