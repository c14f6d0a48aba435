import type { Scope } from './scopes.js';

/** What one kind of person or system may do, and what the trail and the holder are told about it. */
export interface Role {
  readonly title: string;
  readonly scopes: readonly Scope[];
  /** The legal ground the trail notes for what is done in this role. */
  readonly ground: string;
  /**
   * What the role opens nothing without: claims the token must carry, and the inquiry that each request must name and
   * the person be a member of.
   */
  readonly needs: readonly ('office' | 'inquiry' | 'person')[];
  /** Whether the holder may be told that somebody in this role consulted their data. */
  readonly toldToHolder: boolean;
}

const fraudLaw = 'Belgian law of 10 February 2015 on passport data, processing against fraud';
const aiAct = 'Regulation (EU) 2024/1689, articles 14 and 26';

/**
 * Who may see what: the recipients that the law names, and the technical roles beside them. Reports hold figures
 * only; no role but the holder's desk, border police and those who fight fraud reaches a record, and none of those
 * who watch over the service reaches a photo.
 */
export const roles = {
  office: {
    title: 'Passport office (commune, province, consular post, ministry)',
    scopes: [
      'quality:check',
      'comparisons:write',
      'comparisons:read',
      'comparisons:decide',
      'comparisons:confirm',
    ],
    ground: `${fraudLaw}: handling of the application`,
    needs: ['office', 'person'],
    toldToHolder: true,
  },
  'fraud-analyst': {
    title: 'Ministry staff against passport fraud',
    scopes: [
      'quality:check',
      'documents:read',
      'comparisons:read',
      'comparisons:evidence',
      'comparisons:query',
      'comparisons:decide',
      'reviews:read',
      'reviews:work',
      'inquiries:read',
      'inquiries:write',
      'searches:request',
      'searches:read',
    ],
    ground: fraudLaw,
    needs: ['person'],
    toldToHolder: true,
  },
  'border-police': {
    title: 'Federal police at border control',
    scopes: ['border:lookup'],
    ground: `${fraudLaw}: check of a document presented at the border`,
    needs: ['person'],
    toldToHolder: true,
  },
  investigator: {
    title: 'Police, judicial or intelligence staff within a named fraud inquiry',
    scopes: [
      'documents:read',
      'comparisons:read',
      'comparisons:evidence',
      'comparisons:query',
      'inquiries:read',
      'searches:request',
      'searches:read',
    ],
    ground: `${fraudLaw}: inquiry into fraud`,
    needs: ['inquiry', 'person'],
    toldToHolder: false,
  },
  supervisor: {
    title: 'Supervisor or magistrate',
    scopes: [
      'comparisons:read',
      'comparisons:evidence',
      'reviews:read',
      'reviews:settle',
      'inquiries:read',
      'inquiries:write',
      'searches:approve',
      'searches:read',
      'mode:read',
      'mode:request',
      'mode:approve',
      'reports:read',
      'holds:write',
      'holds:read',
    ],
    ground: aiAct,
    needs: ['person'],
    toldToHolder: true,
  },
  checkdoc: {
    title: 'Checkdoc',
    scopes: ['checkdoc:read'],
    ground: `${fraudLaw}: making lost and stolen documents unusable`,
    needs: [],
    toldToHolder: true,
  },
  'holder-desk': {
    title: "Desk for the holder's rights",
    scopes: ['holders:read', 'documents:rectify', 'comparisons:confirm'],
    ground: 'Regulation (EU) 2016/679, articles 15 and 16',
    needs: ['person'],
    toldToHolder: true,
  },
  'data-protection-officer': {
    title: 'Data protection officer, oversight body',
    scopes: ['audit:read', 'reports:read', 'mode:read'],
    ground: 'Regulation (EU) 2016/679, article 39',
    needs: ['person'],
    toldToHolder: true,
  },
  'transfer-system': {
    title: 'System that transfers documents and their status (production, pre-registration, billing)',
    scopes: ['documents:write', 'documents:status'],
    ground: `${fraudLaw}: transfer at the end of another processing`,
    needs: [],
    toldToHolder: true,
  },
  operator: {
    title: 'Operator of the service',
    scopes: ['operations:write', 'metrics:read', 'mode:read'],
    ground: 'Regulation (EU) 2016/679, article 32',
    needs: [],
    toldToHolder: true,
  },
} as const satisfies Readonly<Record<string, Role>>;

export type RoleName = keyof typeof roles;
export const roleNames = Object.keys(roles) as RoleName[];

export function roleNamed(name: string): RoleName | undefined {
  return Object.hasOwn(roles, name) ? (name as RoleName) : undefined;
}

export function roleOf(name: RoleName): Role {
  return roles[name];
}
