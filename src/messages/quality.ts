import { type ComponentName, componentNames } from '../face/quality/components.js';
import type { Language } from '../oversight/caller.js';

/** The components of ISO/IEC 29794-5 that are measured, and its unified score. */
export type QualityName = ComponentName | 'UnifiedQualityScore';
export const qualityNames: readonly QualityName[] = ['UnifiedQualityScore', ...componentNames];

type Words = readonly [en: string, fr: string, nl: string, de: string];

/** What to do about a photo that lies outside the limit of a component. */
const table: Readonly<Record<QualityName, Words>> = {
  UnifiedQualityScore: [
    'The face is hard to recognise in this photo. Take a new one: from the front, evenly lit, sharp, with nothing before the face.',
    'Le visage est difficile à reconnaître sur cette photo. Prenez-en une nouvelle : de face, éclairée uniformément, nette, sans rien devant le visage.',
    'Het gezicht is op deze foto moeilijk te herkennen. Neem een nieuwe: van voren, gelijkmatig belicht, scherp, met niets voor het gezicht.',
    'Das Gesicht ist auf diesem Foto schwer zu erkennen. Nehmen Sie ein neues auf: von vorn, gleichmäßig beleuchtet, scharf, ohne etwas vor dem Gesicht.',
  ],
  InterEyeDistance: [
    'The face has too few pixels. Scan at a higher resolution, or take the photo from nearer.',
    'Le visage compte trop peu de pixels. Numérisez à une résolution plus élevée ou prenez la photo de plus près.',
    'Het gezicht heeft te weinig pixels. Scan met een hogere resolutie of neem de foto van dichterbij.',
    'Das Gesicht hat zu wenige Bildpunkte. Scannen Sie mit höherer Auflösung oder fotografieren Sie aus geringerer Entfernung.',
  ],
  HeadSize: [
    'The head is too small or too large in the photo. From chin to crown it should fill three quarters of the height.',
    'La tête est trop petite ou trop grande sur la photo. Du menton au sommet du crâne, elle devrait occuper les trois quarts de la hauteur.',
    'Het hoofd is te klein of te groot op de foto. Van kin tot kruin hoort het drie kwart van de hoogte te vullen.',
    'Der Kopf ist auf dem Foto zu klein oder zu groß. Vom Kinn bis zum Scheitel sollte er drei Viertel der Höhe füllen.',
  ],
  LeftwardCropOfTheFaceImage: [
    'The photo is cut off too near the face on its left side. Leave more room there.',
    'La photo est coupée trop près du visage sur son côté gauche. Laissez-y plus de place.',
    'De foto is aan de linkerkant te dicht bij het gezicht afgesneden. Laat daar meer ruimte.',
    'Das Foto ist an seiner linken Seite zu nah am Gesicht abgeschnitten. Lassen Sie dort mehr Platz.',
  ],
  RightwardCropOfTheFaceImage: [
    'The photo is cut off too near the face on its right side. Leave more room there.',
    'La photo est coupée trop près du visage sur son côté droit. Laissez-y plus de place.',
    'De foto is aan de rechterkant te dicht bij het gezicht afgesneden. Laat daar meer ruimte.',
    'Das Foto ist an seiner rechten Seite zu nah am Gesicht abgeschnitten. Lassen Sie dort mehr Platz.',
  ],
  MarginAboveOfTheFaceImage: [
    'The top of the head is cut off or too near the upper edge. Show the whole head with some room above it.',
    'Le haut de la tête est coupé ou trop près du bord supérieur. Montrez toute la tête avec un peu de place au-dessus.',
    'De bovenkant van het hoofd is afgesneden of te dicht bij de bovenrand. Toon het hele hoofd met wat ruimte erboven.',
    'Der obere Teil des Kopfes ist abgeschnitten oder zu nah am oberen Rand. Zeigen Sie den ganzen Kopf mit etwas Platz darüber.',
  ],
  MarginBelowOfTheFaceImage: [
    'The chin is too near the lower edge. Show the neck and the top of the shoulders.',
    'Le menton est trop près du bord inférieur. Montrez le cou et le haut des épaules.',
    'De kin is te dicht bij de onderrand. Toon de hals en de bovenkant van de schouders.',
    'Das Kinn ist zu nah am unteren Rand. Zeigen Sie den Hals und den Ansatz der Schultern.',
  ],
  HeadPoseYaw: [
    'The head is turned to one side. Ask the person to face the camera.',
    'La tête est tournée de côté. Demandez à la personne de regarder l’appareil de face.',
    'Het hoofd is opzij gedraaid. Vraag de persoon recht naar de camera te kijken.',
    'Der Kopf ist zur Seite gedreht. Bitten Sie die Person, gerade in die Kamera zu sehen.',
  ],
  HeadPosePitch: [
    'The head is raised or lowered. Ask the person to hold the chin level, and hold the camera at eye height.',
    'La tête est levée ou baissée. Demandez à la personne de garder le menton à l’horizontale et tenez l’appareil à hauteur des yeux.',
    'Het hoofd is opgeheven of gebogen. Vraag de persoon de kin recht te houden en houd de camera op ooghoogte.',
    'Der Kopf ist gehoben oder gesenkt. Bitten Sie die Person, das Kinn gerade zu halten, und halten Sie die Kamera auf Augenhöhe.',
  ],
  HeadPoseRoll: [
    'The head is tilted. The eyes should be level; straighten the scan or take the photo again.',
    'La tête est penchée. Les yeux devraient être à l’horizontale ; redressez la numérisation ou reprenez la photo.',
    'Het hoofd is gekanteld. De ogen horen op één hoogte te zijn; zet de scan recht of neem de foto opnieuw.',
    'Der Kopf ist geneigt. Die Augen sollten auf einer Höhe sein; richten Sie den Scan gerade oder nehmen Sie das Foto neu auf.',
  ],
  Sharpness: [
    'The face is blurred. Take the photo again with the focus on the eyes, holding the camera still, or clean the scanner.',
    'Le visage est flou. Reprenez la photo en mettant au point sur les yeux, sans bouger l’appareil, ou nettoyez le scanner.',
    'Het gezicht is onscherp. Neem de foto opnieuw met scherpstelling op de ogen en een stille camera, of maak de scanner schoon.',
    'Das Gesicht ist unscharf. Stellen Sie auf die Augen scharf, halten Sie die Kamera ruhig und nehmen Sie neu auf, oder reinigen Sie den Scanner.',
  ],
  UnderExposurePrevention: [
    'The face is too dark. Use more light from the front, or a longer exposure.',
    'Le visage est trop sombre. Éclairez davantage de face ou augmentez l’exposition.',
    'Het gezicht is te donker. Gebruik meer licht van voren of een langere belichting.',
    'Das Gesicht ist zu dunkel. Verwenden Sie mehr Licht von vorn oder belichten Sie länger.',
  ],
  OverExposurePrevention: [
    'Parts of the face are burnt out by too much light. Use softer light, or a shorter exposure.',
    'Des parties du visage sont brûlées par trop de lumière. Adoucissez l’éclairage ou réduisez l’exposition.',
    'Delen van het gezicht zijn door te veel licht uitgebeten. Gebruik zachter licht of een kortere belichting.',
    'Teile des Gesichts sind durch zu viel Licht ausgebrannt. Verwenden Sie weicheres Licht oder belichten Sie kürzer.',
  ],
  DynamicRange: [
    'The face shows too few shades between dark and light. Correct the exposure or the contrast of the scanner.',
    'Le visage présente trop peu de nuances entre le sombre et le clair. Corrigez l’exposition ou le contraste du scanner.',
    'Het gezicht toont te weinig tinten tussen donker en licht. Verbeter de belichting of het contrast van de scanner.',
    'Das Gesicht zeigt zu wenige Abstufungen zwischen Dunkel und Hell. Berichtigen Sie die Belichtung oder den Kontrast des Scanners.',
  ],
  IlluminationUniformity: [
    'One side of the face is lit much more than the other. Use even light from the front.',
    'Un côté du visage est bien plus éclairé que l’autre. Utilisez un éclairage uniforme de face.',
    'De ene kant van het gezicht is veel sterker belicht dan de andere. Gebruik gelijkmatig licht van voren.',
    'Eine Seite des Gesichts ist viel stärker beleuchtet als die andere. Verwenden Sie gleichmäßiges Licht von vorn.',
  ],
  BackgroundUniformity: [
    'The background is not plain. Take the photo before an even, light wall without shadows.',
    'L’arrière-plan n’est pas uni. Prenez la photo devant un mur clair et uniforme, sans ombres.',
    'De achtergrond is niet effen. Neem de foto voor een egale, lichte muur zonder schaduwen.',
    'Der Hintergrund ist nicht einfarbig. Fotografieren Sie vor einer gleichmäßigen, hellen Wand ohne Schatten.',
  ],
  NaturalColour: [
    'The skin has an unnatural colour, or the photo is grey. Correct the white balance and scan in colour.',
    'La peau a une couleur peu naturelle, ou la photo est en gris. Corrigez la balance des blancs et numérisez en couleur.',
    'De huid heeft een onnatuurlijke kleur, of de foto is grijs. Verbeter de witbalans en scan in kleur.',
    'Die Haut hat eine unnatürliche Farbe, oder das Foto ist grau. Berichtigen Sie den Weißabgleich und scannen Sie in Farbe.',
  ],
  EyesOpen: [
    'An eye is closed or hardly open. Take the photo again with both eyes open and visible.',
    'Un œil est fermé ou à peine ouvert. Reprenez la photo avec les deux yeux ouverts et visibles.',
    'Een oog is dicht of nauwelijks open. Neem de foto opnieuw met beide ogen open en zichtbaar.',
    'Ein Auge ist geschlossen oder kaum geöffnet. Nehmen Sie das Foto mit beiden Augen offen und sichtbar neu auf.',
  ],
  MouthClosed: [
    'The mouth is open. Take the photo again with the mouth closed and a neutral expression.',
    'La bouche est ouverte. Reprenez la photo la bouche fermée, avec une expression neutre.',
    'De mond is open. Neem de foto opnieuw met gesloten mond en een neutrale uitdrukking.',
    'Der Mund ist geöffnet. Nehmen Sie das Foto mit geschlossenem Mund und neutralem Ausdruck neu auf.',
  ],
  SingleFacePresent: [
    'Another face is in the photo. Take it again with the person alone, before a bare wall.',
    'Un autre visage figure sur la photo. Reprenez-la avec la personne seule, devant un mur nu.',
    'Er staat een ander gezicht op de foto. Neem ze opnieuw met de persoon alleen, voor een kale muur.',
    'Auf dem Foto ist ein weiteres Gesicht. Nehmen Sie es mit der Person allein vor einer leeren Wand neu auf.',
  ],
  CompressionArtifacts: [
    'The photo is compressed so much that blocks are visible. Save it at a higher JPEG quality, from the original.',
    'La photo est tellement compressée que des blocs sont visibles. Enregistrez-la à partir de l’original avec une qualité JPEG plus élevée.',
    'De foto is zo sterk gecomprimeerd dat er blokken te zien zijn. Sla ze vanuit het origineel op met een hogere JPEG-kwaliteit.',
    'Das Foto ist so stark komprimiert, dass Blöcke zu sehen sind. Speichern Sie es vom Original mit höherer JPEG-Qualität.',
  ],
};

const columns: Readonly<Record<Language, 0 | 1 | 2 | 3>> = { en: 0, fr: 1, nl: 2, de: 3 };

export function advice(language: Language, name: QualityName): string {
  return table[name][columns[language]];
}
