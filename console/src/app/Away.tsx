import { awayStore } from '../api/gateway';
import { useStore } from '../api/store';
import { useMessages } from '../i18n';

/** Says that the gateway does not answer, as long as it does not. */
export function Away() {
  const { app } = useMessages();
  const isAway = useStore(awayStore);
  return (
    <div role="status" aria-live="assertive">
      {isAway && (
        <div className="away">
          <span className="pulse" aria-hidden />
          {app.away}
        </div>
      )}
    </div>
  );
}
