import { roleNames, roleOf } from '../oversight/roles.js';
import { type Scope, scopes } from '../oversight/scopes.js';
import { anyToken, type Route, scopesOf } from './route.js';

const needs = {
  office: 'the claim `office`: it sees the applications of that office only',
  inquiry:
    'an inquiry: each request names one that is open and of which the person is a member, in its address or in the header `Inquiry`, and it is in every entry of the trail',
  person: 'the claim `person` (or `act.sub`): systems alone do not act in it',
} as const;

/** `docs/roles.md`: what every role may do, from the declarations that decide it. */
export function rolesPage(routes: readonly Route[]): string {
  const byScope = (scope: Scope) => routes.filter((route) => scopesOf(route).includes(scope)).map(nameOf);
  const lines = [
    '# Roles, scopes and routes',
    '',
    'Printed by `facematch roles` from the declarations that the service enforces; a test compares the two, and another',
    'tries every route in every role.',
    '',
    'A token names its role in the claim `role` and the scopes it was given in `scope`. What it opens is what both have in',
    'common: a scope outside the role opens nothing, and neither does a role that lacks what it needs. A token without',
    'a role opens nothing either, but in development mode.',
    '',
    '## Roles',
    ...roleNames.flatMap((name) => {
      const role = roleOf(name);
      return [
        '',
        `### \`${name}\``,
        '',
        `${role.title}. Ground in the trail: ${role.ground}.`,
        ...role.needs.flatMap((claim) => ['', `Needs ${needs[claim]}.`]),
        ...(role.toldToHolder ? [] : ['', 'The holder is not told that it consulted their data.']),
        '',
        '| scope | lets it | routes |',
        '| --- | --- | --- |',
        ...role.scopes.map(
          (scope) => `| \`${scope}\` | ${scopes[scope]} | ${byScope(scope).join(', ') || '–'} |`,
        ),
      ];
    }),
    '',
    '## Routes that any valid token opens',
    '',
    ...routes
      .filter(({ scope }) => scope === anyToken)
      .map((route) => `- ${nameOf(route)}: ${route.summary}`),
    '',
    '## Routes anybody may call',
    '',
    ...routes
      .filter(({ scope }) => scope === undefined)
      .map((route) => `- ${nameOf(route)}: ${route.summary}`),
    '',
  ];
  return lines.join('\n');
}

const nameOf = ({ method, path }: Route): string => `\`${method.toUpperCase()} ${path}\``;
