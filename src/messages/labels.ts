import type { Language } from '../oversight/caller.js';

type Words = readonly [en: string, fr: string, nl: string, de: string];

/** Headings and field names of the pages that people read or print. */
const table = {
  'file.title': ['Your data', 'Vos données', 'Uw gegevens', 'Ihre Daten'],
  'file.intro': [
    'This is everything that the processing against passport fraud holds about you. Numbers that describe a face for a computer are named but not printed. If something is inexact or incomplete, ask the desk that gave you this page to correct it.',
    'Voici tout ce que le traitement contre la fraude aux passeports conserve à votre sujet. Les nombres qui décrivent un visage pour un ordinateur sont cités mais pas imprimés. Si quelque chose est inexact ou incomplet, demandez sa rectification au guichet qui vous a remis cette page.',
    'Dit is alles wat de verwerking tegen paspoortfraude over u bewaart. Getallen die een gezicht voor een computer beschrijven worden vermeld maar niet afgedrukt. Is iets onjuist of onvolledig, vraag dan verbetering aan het loket dat u deze pagina gaf.',
    'Dies ist alles, was die Verarbeitung gegen Passbetrug über Sie enthält. Zahlen, die ein Gesicht für einen Rechner beschreiben, werden genannt, aber nicht gedruckt. Ist etwas unrichtig oder unvollständig, verlangen Sie die Berichtigung bei der Stelle, die Ihnen diese Seite gab.',
  ],
  'file.madeAt': ['Made on', 'Établi le', 'Opgemaakt op', 'Erstellt am'],
  'file.documents': ['Documents', 'Documents', 'Documenten', 'Dokumente'],
  'file.comparisons': [
    'Comparisons of photos',
    'Comparaisons de photos',
    'Vergelijkingen van foto’s',
    'Fotovergleiche',
  ],
  'file.consultations': [
    'Who consulted your data',
    'Qui a consulté vos données',
    'Wie uw gegevens raadpleegde',
    'Wer Ihre Daten eingesehen hat',
  ],
  'file.consultationsNote': [
    'Consultations within an inquiry are not listed where the law does not allow it.',
    'Les consultations dans le cadre d’une enquête ne sont pas citées lorsque la loi ne le permet pas.',
    'Raadplegingen binnen een onderzoek staan er niet bij waar de wet dat niet toelaat.',
    'Einsichten im Rahmen einer Untersuchung sind nicht aufgeführt, wo das Gesetz es nicht erlaubt.',
  ],
  none: ['none', 'aucun', 'geen', 'keine'],
  holder: ['Holder', 'Titulaire', 'Houder', 'Inhaber'],
  document: ['Document', 'Document', 'Document', 'Dokument'],
  production: ['Production', 'Production', 'Productie', 'Herstellung'],
  photo: ['Photo', 'Photo', 'Foto', 'Lichtbild'],
  signature: ['Signature', 'Signature', 'Handtekening', 'Unterschrift'],
  retentionEnds: ['Destroyed on', 'Détruit le', 'Vernietigd op', 'Vernichtet am'],
  retentionBasis: ['Ground', 'Fondement', 'Grond', 'Grundlage'],
  receivedAt: ['Received on', 'Reçu le', 'Ontvangen op', 'Erhalten am'],
  source: ['Transferred from', 'Transféré de', 'Overgedragen uit', 'Übertragen aus'],
  status: ['Status', 'Statut', 'Status', 'Status'],
  embedding: [
    'Description of the face for a computer',
    'Description du visage pour un ordinateur',
    'Beschrijving van het gezicht voor een computer',
    'Beschreibung des Gesichts für einen Rechner',
  ],
  rectifications: ['Corrections', 'Rectifications', 'Verbeteringen', 'Berichtigungen'],
  before: ['What it was', 'Ce que c’était', 'Wat het was', 'Was es war'],
  reason: ['Reason', 'Motif', 'Reden', 'Grund'],
  at: ['When', 'Quand', 'Wanneer', 'Wann'],
  office: ['Office', 'Bureau', 'Kantoor', 'Amt'],
  application: ['Application', 'Demande', 'Aanvraag', 'Antrag'],
  outcome: ['Result', 'Résultat', 'Resultaat', 'Ergebnis'],
  verdict: ['Finding of people', 'Constat des personnes', 'Bevinding van mensen', 'Befund von Menschen'],
  'same-person': ['the same person', 'la même personne', 'dezelfde persoon', 'dieselbe Person'],
  'different-person': ['another person', 'une autre personne', 'een andere persoon', 'eine andere Person'],
  'photo-unusable': ['photo unusable', 'photo inutilisable', 'foto onbruikbaar', 'Foto unbrauchbar'],
  escalate: ['passed on', 'transmis', 'doorgegeven', 'weitergegeben'],
  decision: ['Decision', 'Décision', 'Beslissing', 'Entscheidung'],
  score: ['Likeness', 'Ressemblance', 'Gelijkenis', 'Ähnlichkeit'],
  trial: [
    'on trial: it decided nothing',
    'à l’essai : elle n’a rien décidé',
    'op proef: ze besliste niets',
    'auf Probe: er entschied nichts',
  ],
  reevaluated: ['Computed again', 'Recalculé', 'Opnieuw berekend', 'Neu berechnet'],
  who: ['Who', 'Qui', 'Wie', 'Wer'],
  ground: ['Legal ground', 'Fondement légal', 'Rechtsgrond', 'Rechtsgrundlage'],
  action: ['What', 'Quoi', 'Wat', 'Was'],
  'confirm.title': [
    'Confirmation of what was recorded',
    'Confirmation de ce qui a été enregistré',
    'Bevestiging van wat is geregistreerd',
    'Bestätigung des Aufgezeichneten',
  ],
  'confirm.intro': [
    'When you applied, your photo was compared with those of your earlier documents. This was recorded. A person decides on your application.',
    'Lors de votre demande, votre photo a été comparée à celles de vos documents antérieurs. Voici ce qui a été enregistré. Une personne décide de votre demande.',
    'Bij uw aanvraag is uw foto vergeleken met die van uw eerdere documenten. Dit is geregistreerd. Een mens beslist over uw aanvraag.',
    'Bei Ihrem Antrag wurde Ihr Lichtbild mit denen Ihrer früheren Dokumente verglichen. Dies wurde aufgezeichnet. Ein Mensch entscheidet über Ihren Antrag.',
  ],
  'confirm.references': [
    'Earlier documents compared',
    'Documents antérieurs comparés',
    'Vergeleken eerdere documenten',
    'Verglichene frühere Dokumente',
  ],
  'confirm.photoUntil': [
    'The photo is destroyed on',
    'La photo est détruite le',
    'De foto wordt vernietigd op',
    'Das Lichtbild wird vernichtet am',
  ],
  'confirm.resultUntil': [
    'The result is destroyed on',
    'Le résultat est détruit le',
    'Het resultaat wordt vernietigd op',
    'Das Ergebnis wird vernichtet am',
  ],
  'report.title': ['Report on use', 'Rapport d’utilisation', 'Gebruiksverslag', 'Nutzungsbericht'],
  'report.outcomes': [
    'Comparisons and their results',
    'Comparaisons et leurs résultats',
    'Vergelijkingen en hun resultaten',
    'Vergleiche und ihre Ergebnisse',
  ],
  'report.reviewRate': [
    'Share of comparisons that ask for a review',
    'Part des comparaisons à revoir',
    'Aandeel vergelijkingen dat om nazicht vraagt',
    'Anteil der Vergleiche, die geprüft werden müssen',
  ],
  'report.groups': [
    'Review rate by group, with its 95% interval',
    'Taux de révision par groupe, avec son intervalle à 95 %',
    'Nazichtgraad per groep, met zijn 95%-interval',
    'Prüfquote je Gruppe mit ihrem 95-%-Intervall',
  ],
  'report.trial': [
    'On trial: what was computed, and what people decided',
    'À l’essai : ce qui a été calculé et ce qui a été décidé',
    'Op proef: wat is berekend en wat mensen beslisten',
    'Auf Probe: was berechnet wurde und was Menschen entschieden',
  ],
  'report.waiting': [
    'Reviews that wait now',
    'Examens en attente',
    'Onderzoeken die nu wachten',
    'Prüfungen, die jetzt warten',
  ],
  'report.figures': ['All figures', 'Tous les chiffres', 'Alle cijfers', 'Alle Zahlen'],
  period: ['Period', 'Période', 'Periode', 'Zeitraum'],
  total: ['Total', 'Total', 'Totaal', 'Summe'],
  consistent: ['consistent', 'concordant', 'overeenstemmend', 'übereinstimmend'],
  review: ['review', 'à revoir', 'na te zien', 'zu prüfen'],
  'not-comparable': ['not comparable', 'non comparable', 'niet vergelijkbaar', 'nicht vergleichbar'],
} as const satisfies Readonly<Record<string, Words>>;

export type LabelKey = keyof typeof table;
export const labelKeys = Object.keys(table) as LabelKey[];

const columns: Readonly<Record<Language, 0 | 1 | 2 | 3>> = { en: 0, fr: 1, nl: 2, de: 3 };

export function label(language: Language, key: LabelKey): string {
  return table[key][columns[language]];
}
