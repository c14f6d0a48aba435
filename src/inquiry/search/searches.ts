import { FacematchError } from '../../errors.js';
import type { ShownImage, UntrustedImage } from '../../face/types.js';
import { by, type Caller, partyOf } from '../../oversight/caller.js';
import type { ModeControl } from '../../oversight/mode.js';
import { markNoted } from '../../oversight/notedRefusals.js';
import { personOf } from '../../oversight/person.js';
import { plus, type RetentionRules, statutoryRetention } from '../../records/retention.js';
import { invalid, validated } from '../../records/validation.js';
import type { OpenedInquiry, OpenedSearch, SearchProbe } from '../../store/store.js';
import { overseesInquiries } from '../oversees.js';
import { watermark } from '../watermark.js';
import { requireEnabled, requireOpenInquiry } from './allowed.js';
import { findingsView } from './findingsView.js';
import { acceptedPhoto, probeOf } from './probe.js';
import type { RunParts } from './run.js';
import {
  approvalSchema,
  newSearchSchema,
  newSweepSchema,
  type SearchSummary,
  type SearchView,
  searchSummary,
  verificationSchema,
} from './searchView.js';

/** Searches of the store within inquiries. Documents handed in are parsed JSON, not yet validated. */
export interface Searches {
  /**
   * Asks for a search of one face: of a record of the inquiry, or of a photo handed in.
   *
   * @throws FacematchError `validation`, `search-disabled`, `suspended`, `inquiry-refused` unless the caller may act in
   * the inquiry, `not-found` of the record, `probe-unusable`, and the refusals of a photo
   */
  request(request: {
    readonly inquiryId: string;
    readonly document: unknown;
    readonly photo: UntrustedImage | undefined;
    readonly caller: Caller;
    readonly signal?: AbortSignal | undefined;
  }): Promise<SearchSummary>;
  /** Asks for a sweep: every face against every other. @throws FacematchError as {@link request} */
  requestSweep(inquiryId: string, document: unknown, caller: Caller): Promise<SearchSummary>;
  /**
   * Approves or refuses what another person asked for; approved, it is run at once or after those before it,
   * by whichever process of the service takes it.
   *
   * @throws FacematchError `validation`, `not-found`, `search-disabled`, `suspended`, `second-person-required`,
   * `inquiry-closed`, `search-closed`
   */
  decide(id: string, document: unknown, caller: Caller): Promise<SearchSummary>;
  /** @throws FacematchError `not-found`, also where the caller is no member of its inquiry */
  get(id: string, caller: Caller): Promise<SearchView>;
  /** @throws FacematchError as {@link get}, `validation`, `inquiry-closed`, `verification-closed` */
  verify(id: string, rank: number, document: unknown, caller: Caller): Promise<SearchView>;
  /** The photo that was handed in, with who looks and when on it. @throws FacematchError as {@link get} */
  photo(id: string, caller: Caller, signal: AbortSignal): Promise<ShownImage>;
  /** Of one inquiry, oldest first. */
  ofInquiry(inquiryId: string): Promise<SearchSummary[]>;
}

/** A request that nobody decided on within a week is no longer what anybody wants. */
const openForMs = 7 * 24 * 60 * 60 * 1000;

export interface SearchesParts extends RunParts {
  /** Told of every approval: what runs searches need not wait for its next look. */
  readonly approved: () => void;
  readonly mode: Pick<ModeControl, 'requireRunning'>;
  readonly rules?: RetentionRules | undefined;
}

export function createSearches(parts: SearchesParts): Searches {
  const { store, clock, approved, mode, settings, rules = statutoryRetention } = parts;
  const now = () => clock().toISOString();

  /** For who asks: they act in it themselves. */
  const requireActing = async (inquiryId: string, caller: Caller): Promise<OpenedInquiry> => {
    if (await store.inquiries.admits(inquiryId, personOf(caller), now()))
      return store.inquiries.get(inquiryId);
    // Noted here, as the trail is to say for which inquiry.
    await store.audit.append({
      ...by(caller),
      onBehalfOf: { inquiry: inquiryId },
      action: 'search.request',
      outcome: 'inquiry-refused',
    });
    const refusal = new FacematchError('inquiry-refused', 'The caller may not act in this inquiry now.');
    markNoted(refusal);
    throw refusal;
  };

  const visible = async (id: string, caller: Caller): Promise<OpenedSearch> => {
    const search = await store.searches.get(id);
    if (overseesInquiries(caller)) return search;
    const { members } = await store.inquiries.get(search.inquiryId);
    if (members.includes(personOf(caller))) return search;
    throw new FacematchError('not-found', 'The search is of an inquiry that is not the caller’s.', { id });
  };

  const record = async (
    inquiryId: string,
    kind: OpenedSearch['kind'],
    request: { reason: string; probe?: SearchProbe; ground?: string; photo?: Uint8Array },
    caller: Caller,
  ): Promise<SearchSummary> => {
    const requestedAt = now();
    const { reason, probe, ground, photo } = request;
    const id = await store.searches.request({
      inquiryId,
      kind,
      request: { person: personOf(caller), reason, probe, ground },
      photo,
      requestedAt,
      retentionEnds: plus(requestedAt.slice(0, 10), rules.search.period),
      audit: {
        ...by(caller),
        ...(kind === 'sweep' && { ground: settings.sweepGround }),
        action: 'search.request',
        outcome: kind,
      },
    });
    return searchSummary(await store.searches.get(id));
  };

  const view = async (search: OpenedSearch, caller: Caller): Promise<SearchView> => ({
    ...searchSummary(search),
    probe: search.request.probe ?? null,
    reached: search.reached ?? null,
    ...(search.status === 'done' && (await findingsView(store, search, personOf(caller)))),
  });

  return {
    async request({ inquiryId, document, photo, caller, signal }) {
      const { probe, reason } = validated(newSearchSchema, document, 'search');
      if ((probe === undefined) === (photo === undefined)) {
        throw invalid('search', [{ path: ['probe'], code: 'one-of' }]);
      }
      requireEnabled(settings, 'search');
      const { records } = await requireActing(inquiryId, caller);
      await mode.requireRunning();
      if (photo !== undefined) {
        const kept = await acceptedPhoto(parts, photo, { signal, party: partyOf(caller) });
        return record(inquiryId, 'search', { reason, probe: { photo: true }, photo: kept }, caller);
      }
      const wanted = probe as NonNullable<typeof probe>;
      const recordId = 'documentId' in wanted ? wanted.documentId : wanted.comparisonId;
      if (!records.some(({ id }) => id === recordId)) {
        throw new FacematchError('not-found', 'The inquiry holds no such record.', { id: recordId });
      }
      await probeOf(parts, { id: '' }, wanted);
      return record(inquiryId, 'search', { reason, probe: wanted }, caller);
    },

    async requestSweep(inquiryId, document, caller) {
      const { reason, ground } = validated(newSweepSchema, document, 'sweep');
      requireEnabled(settings, 'sweep');
      await requireActing(inquiryId, caller);
      await mode.requireRunning();
      return record(inquiryId, 'sweep', { reason, ground }, caller);
    },

    async decide(id, document, caller) {
      const { approve, reason } = validated(approvalSchema, document, 'approval');
      const search = await visible(id, caller);
      if (approve) {
        requireEnabled(settings, search.kind);
        await requireOpenInquiry(store, search, now());
        await mode.requireRunning();
        if (Date.parse(search.requestedAt) + openForMs < clock().getTime()) {
          throw new FacematchError('search-closed', 'Nobody decided on the search in time.', { id });
        }
      }
      const person = personOf(caller);
      const audit = { ...by(caller), action: 'search.approve', outcome: approve ? 'approved' : 'refused' };
      const { client, actor, role, ground } = by(caller);
      const decision = { person, approve, reason, ...(approve && { by: { client, actor, role, ground } }) };
      const decided = await store.searches.decide(id, decision, now(), audit);
      if (approve) approved();
      return searchSummary(decided);
    },

    async get(id, caller) {
      const search = await visible(id, caller);
      const shown = await view(search, caller);
      const found = shown.candidates?.length ?? shown.pairs?.length;
      await store.audit.append({
        ...by(caller),
        action: 'search.read',
        subject: { record: id },
        onBehalfOf: { inquiry: search.inquiryId },
        outcome: search.status,
        ...(found !== undefined && { facts: { found } }),
      });
      return shown;
    },

    async verify(id, rank, document, caller) {
      const { verdict, reason } = validated(verificationSchema, document, 'verification');
      const search = await visible(id, caller);
      await requireOpenInquiry(store, search, now());
      const audit = { ...by(caller), action: 'search.verify', outcome: verdict, facts: { search: id, rank } };
      await store.searches.verify(id, rank, { person: personOf(caller), verdict, reason, at: now() }, audit);
      return view(await store.searches.get(id), caller);
    },

    async photo(id, caller, signal) {
      const { inquiryId } = await visible(id, caller);
      const bytes = await store.searches.photo(id);
      const shown = await parts.faces.show({ bytes }, watermark(personOf(caller), clock()), {
        signal,
        party: partyOf(caller),
      });
      if (shown.kind !== 'shown')
        throw new FacematchError('integrity-failure', 'A stored photo does not decode.');
      await store.audit.append({
        ...by(caller),
        action: 'search.photo',
        subject: { record: id },
        onBehalfOf: { inquiry: inquiryId },
        outcome: 'done',
      });
      return shown.picture;
    },

    ofInquiry: async (inquiryId) => (await store.searches.ofInquiry(inquiryId)).map(searchSummary),
  };
}
