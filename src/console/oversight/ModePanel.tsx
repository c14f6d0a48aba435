import type { ModeRequest, ModeState } from '../api/types.js';
import { useGet } from '../api/useGet.js';
import { useApi, useApp, useMe, useWords } from '../app/context.js';
import { Failure } from '../ui/Failure.js';
import { Loaded } from '../ui/Loaded.js';
import { Tag } from '../ui/Tag.js';
import { useSend } from '../ui/useSend.js';

const tones = { active: 'good', trial: 'look', suspended: 'bad' } as const;

/** Whether the service is in use, on trial or suspended, and what waits for a second person. */
export function ModePanel() {
  const words = useWords();
  const mode = useGet<ModeState>('/v1/mode');
  const requests = useGet<{ requests: readonly ModeRequest[] }>('/v1/mode/requests');
  const changed = () => {
    mode.reload();
    requests.reload();
  };
  return (
    <section className="panel">
      <h2>{words('oversight.mode')}</h2>
      <Loaded got={mode}>
        {(state) => (
          <p className="mode-state">
            <Tag tone={tones[state.mode]}>{words(`mode.${state.mode}`)}</Tag>
            {state.since !== undefined && (
              <span>{words('oversight.modeSince', { at: words.moment(state.since) })}</span>
            )}
            {state.endsAt !== undefined && (
              <span>{words('mode.until', { until: words.moment(state.endsAt) })}</span>
            )}
            {state.reason !== undefined && <span>{state.reason}</span>}
          </p>
        )}
      </Loaded>
      {requests.data !== undefined && requests.data.requests.length > 0 && (
        <>
          <h3>{words('oversight.requests')}</h3>
          <ul className="records">
            {requests.data.requests.map((request) => (
              <Waiting key={request.id} request={request} onApproved={changed} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Waiting({
  request,
  onApproved,
}: {
  readonly request: ModeRequest;
  readonly onApproved: () => void;
}) {
  const api = useApi();
  const { words, session } = useApp();
  const me = useMe();
  const { busy, error, send } = useSend();
  const approve = () =>
    void send(() => api.post(`/v1/mode/requests/${request.id}/approval`, {})).then((done) => {
      if (!done) return;
      onApproved();
      void session.refreshMe();
    });
  return (
    <li>
      <div>
        <Tag tone={tones[request.mode]}>{words(`mode.${request.mode}`)}</Tag>{' '}
        {request.endsAt !== undefined && words('mode.until', { until: words.moment(request.endsAt) })}
        <p>{request.reason}</p>
        <p className="hint">
          {request.ground} · {words.moment(request.requestedAt)}
        </p>
        {error !== undefined && <Failure error={error} />}
      </div>
      {me.may('mode:approve') && (
        <button type="button" disabled={busy} onClick={approve}>
          {words('oversight.approve')}
        </button>
      )}
    </li>
  );
}
