import type { Catalogue } from './catalogue.js';

export const fr: Catalogue = {
  'problem.photo-missing.title': 'La photo manque',
  'problem.photo-missing.detail': 'Joignez la photo à la demande comme fichier (avec un nom de fichier).',
  'problem.photo-empty.title': 'La photo est vide',
  'problem.photo-empty.detail':
    'Le fichier image ne contient aucune donnée. Numérisez ou reprenez la photo et renvoyez-la.',
  'problem.photo-too-large.title': 'Le fichier photo est trop volumineux',
  'problem.photo-too-large.detail':
    'Enregistrez la photo dans un fichier plus petit et renvoyez-la.[ La limite est de {maxBytes} octets.]',
  'problem.unsupported-image.title': "Ce genre d'image n'est pas accepté",
  'problem.unsupported-image.detail':
    'Envoyez la photo en JPEG, PNG ou WebP. Les autres fichiers sont refusés, quel que soit leur nom.',
  'problem.image-type-mismatch.title': "La photo n'est pas du type déclaré",
  'problem.image-type-mismatch.detail':
    "Le contenu de l'image diffère du type de média déclaré. Déclarez le vrai type, ou aucun.",
  'problem.image-too-many-pixels.title': 'La photo a trop de pixels',
  'problem.image-too-many-pixels.detail':
    'Numérisez la photo à une résolution plus basse.[ La limite est de {maxPixels} pixels.]',
  'problem.image-dimensions.title': 'Les dimensions de la photo sont inutilisables',
  'problem.image-dimensions.detail':
    "L'image est trop petite ou trop étroite pour un portrait. Numérisez ou reprenez la photo.",
  'problem.image-corrupt.title': 'La photo est endommagée',
  'problem.image-corrupt.detail':
    'Le fichier image est incomplet ou endommagé. Numérisez ou reprenez la photo et renvoyez-la.',
  'problem.image-colour.title': 'Les couleurs de la photo sont illisibles',
  'problem.image-colour.detail':
    'Enregistrez la photo comme image ordinaire en couleurs (sRGB) ou en gris et renvoyez-la.',
  'problem.too-many-parts.title': 'La demande a trop de parties',
  'problem.too-many-parts.detail':
    'Envoyez chaque partie une seule fois, et uniquement celles que cette demande connaît.',
  'problem.unexpected-part.title': 'La demande contient une partie inattendue',
  'problem.unexpected-part.detail':
    'Une partie porte un nom ou une forme que cette demande ne connaît pas. Vérifiez les noms des parties.',
  'problem.malformed-multipart.title': 'Les données du formulaire sont illisibles',
  'problem.malformed-multipart.detail':
    "Le corps multipart est incomplet ou mal formé. Renvoyez la demande ; si cela se répète, avertissez l'éditeur de votre application.",
  'problem.malformed-json.title': 'Le JSON est illisible',
  'problem.malformed-json.detail': 'Le JSON est mal formé, ou un objet nomme deux fois le même champ.',
  'problem.body-missing.title': 'Les données manquent',
  'problem.body-missing.detail': 'La demande ne contient pas ses données JSON, ou celles-ci sont vides.',
  'problem.body-too-large.title': 'La demande est trop volumineuse',
  'problem.body-too-large.detail':
    'La demande contient plus de données que ce qui est accepté.[ La limite est de {maxBytes} octets.]',
  'problem.unsupported-media-type.title': "Ce type de média n'est pas accepté",
  'problem.unsupported-media-type.detail':
    'Envoyez le type de contenu indiqué dans la description de cette demande.',
  'problem.unsupported-charset.title': "Ce jeu de caractères n'est pas accepté",
  'problem.unsupported-charset.detail': 'Envoyez le texte en UTF-8.',
  'problem.unsupported-encoding.title': "Ce codage du contenu n'est pas accepté",
  'problem.unsupported-encoding.detail': 'Envoyez le corps tel quel, ou compressé avec gzip.',
  'problem.validation.title': 'Les données ne respectent pas les règles',
  'problem.validation.detail':
    'Les champs cités sous « errors » manquent, sont inconnus ou ont une valeur non admise. Corrigez-les et renvoyez la demande.',
  'problem.forbidden-field.title': 'Les données contiennent un champ que la loi interdit ici',
  'problem.forbidden-field.detail':
    "Les empreintes digitales, l'adresse postale, l'adresse électronique et le numéro de GSM ne peuvent pas être envoyés. Rien n'a été enregistré. Retirez les champs cités sous « errors ».",
  'problem.invalid-token.title': "Le jeton d'accès manque ou n'est pas valable",
  'problem.invalid-token.detail': "Reconnectez-vous ou demandez un nouveau jeton d'accès.",
  'problem.forbidden.title': "Vous n'y êtes pas autorisé",
  'problem.forbidden.detail':
    "Vos droits d'accès ne couvrent pas cette demande. Adressez-vous à votre responsable si vous en avez besoin.",
  'problem.not-found.title': 'Introuvable',
  'problem.not-found.detail': "Il n'y a rien à cette adresse, ou rien que vous puissiez voir.",
  'problem.method-not-allowed.title': "Cette méthode n'est pas permise ici",
  'problem.method-not-allowed.detail': "Utilisez une des méthodes citées dans l'en-tête Allow.",
  'problem.idempotency-mismatch.title': "La clé d'idempotence appartient à une autre demande",
  'problem.idempotency-mismatch.detail':
    "Cette Idempotency-Key a servi pour une demande avec d'autres données. Utilisez une nouvelle clé pour une nouvelle demande.",
  'problem.malformed-request.title': 'La demande est mal formée',
  'problem.malformed-request.detail': 'La demande enfreint les règles du protocole HTTP.',
  'problem.headers-too-large.title': 'Les en-têtes de la demande sont trop volumineux',
  'problem.headers-too-large.detail': "Envoyez moins d'en-têtes, ou de plus courts.",
  'problem.request-timeout.title': 'La demande a mis trop de temps à arriver',
  'problem.request-timeout.detail': 'La connexion est trop lente ou a été interrompue. Renvoyez la demande.',
  'problem.transfer-conflict.title': "Ce document est déjà enregistré avec d'autres données",
  'problem.transfer-conflict.detail':
    "Un document de ce type et de ce numéro a déjà été transféré avec un autre contenu. Rien n'a été modifié. Vérifiez le transfert ; une correction se fait par rectification.",
  'problem.retention-over.title': 'Le délai de conservation de ce document est écoulé',
  'problem.retention-over.detail': "La loi ne permet plus de conserver ce document. Rien n'a été enregistré.",
  'problem.revision-conflict.title': 'L’enregistrement a été modifié entre-temps',
  'problem.revision-conflict.detail':
    'Quelqu’un a rectifié cet enregistrement après que vous l’avez lu. Relisez-le, puis envoyez votre rectification avec la nouvelle révision.',
  'problem.suspended.title': 'Les comparaisons et les recherches sont suspendues',
  'problem.suspended.detail':
    'L’autorité a suspendu les comparaisons et les recherches. La réception, la conservation et les droits des titulaires continuent. Le motif et la fin sont donnés sous « suspension ».',
  'problem.second-person-required.title': 'Une deuxième personne doit le faire',
  'problem.second-person-required.detail':
    'Personne n’approuve ce qu’il a demandé, ni ne juge deux fois ce que deux personnes doivent juger. Demandez à une autre personne habilitée.',
  'problem.person-required.title': 'La demande ne dit pas qui vous êtes',
  'problem.person-required.detail':
    'Il faut un jeton qui nomme la personne à l’origine de la demande. Connectez-vous avec votre propre compte.',
  'problem.request-closed.title': 'Cette demande n’est plus ouverte',
  'problem.request-closed.detail':
    'La demande a été approuvée, remplacée ou a expiré. Faites-en une nouvelle si elle est encore souhaitée.',
  'problem.inquiry-refused.title': 'Vous ne pouvez pas agir dans cette enquête',
  'problem.inquiry-refused.detail':
    'Indiquez dans l’en-tête « Inquiry » une enquête ouverte dont vous êtes membre. Seuls ses membres peuvent y agir, jusqu’à sa fin.',
  'problem.inquiry-closed.title': 'Cette enquête est close',
  'problem.inquiry-closed.detail':
    'L’enquête a été close ou son terme est atteint. Ouvrez-en une nouvelle si elle est encore nécessaire.',
  'problem.review-claimed.title': 'Quelqu’un d’autre a cet examen',
  'problem.review-claimed.detail':
    'Prenez-en un autre. Il revient dans la file lorsqu’il est libéré ou que le délai pour le décider est écoulé.',
  'problem.review-not-yours.title': 'Cet examen n’est pas chez vous',
  'problem.review-not-yours.detail':
    'Prenez-le d’abord. Si vous l’aviez, le délai pour le décider est écoulé et il est revenu dans la file.',
  'problem.review-closed.title': 'Cet examen est terminé',
  'problem.review-closed.detail': 'Son avis a été rendu. Rechargez-le pour en voir le résultat.',
  'problem.no-face-reference.title': 'La photo de référence ne montre pas de visage utilisable',
  'problem.no-face-reference.detail':
    "Aucun visage n'a été trouvé dans une photo de référence. Comparez les photos à l'œil.",
  'problem.busy.title': 'Le service est surchargé',
  'problem.busy.detail': 'Trop de demandes attendent. Renvoyez la demande dans un instant.',
  'problem.rate-limited.title': 'Trop de demandes',
  'problem.rate-limited.detail':
    'Il n’est pas répondu à autant de demandes en une minute, ou trop de numéros de document inconnus ont été demandés. Attendez le nombre de secondes indiqué dans l’en-tête Retry-After, puis renvoyez la demande.',
  'problem.auth-unavailable.title': "Les jetons d'accès ne peuvent pas être vérifiés pour le moment",
  'problem.auth-unavailable.detail':
    'Le service qui publie les clés des jetons est injoignable. Renvoyez la demande dans un instant.',
  'problem.reading-failed.title': 'La lecture de la photo a été interrompue',
  'problem.reading-failed.detail':
    "La photo n'a pas pu être lue cette fois. Renvoyez la demande dans un instant.",
  'problem.deadline-exceeded.title': 'La demande a pris trop de temps',
  'problem.deadline-exceeded.detail':
    "La photo n'a pas pu être traitée à temps. Renvoyez la demande dans un instant.",
  'problem.store-unavailable.title': "La base de données n'est pas disponible",
  'problem.store-unavailable.detail':
    "La demande n'a pas pu être consignée ; elle n'a donc pas été exécutée. Renvoyez-la dans un instant.",
  'problem.integrity-failure.title': "Un enregistrement n'a pas passé le contrôle d'intégrité",
  'problem.integrity-failure.detail':
    "Un enregistrement de la base est endommagé. L'exploitant doit l'examiner ; la demande ne peut pas recevoir de réponse.",
  'problem.internal.title': 'Une erreur est survenue dans le service',
  'problem.internal.detail':
    "La demande n'a pas pu être exécutée. Si cela se répète, donnez à l'exploitant le numéro de la demande cité sous « instance ».",
  'problem.config-invalid.title': "La configuration n'est pas valable",
  'problem.config-invalid.detail': "L'exploitant doit corriger les réglages du service.",
  'problem.card-invalid.title': "Une fiche de modèle n'est pas valable",
  'problem.card-invalid.detail': "L'exploitant doit corriger la description d'un réseau.",
  'problem.model-unknown.title': 'Un réseau est inconnu',
  'problem.model-unknown.detail': "L'exploitant doit corriger le nom d'un réseau dans les réglages.",
  'problem.model-missing.title': "Un réseau n'a pas été construit",
  'problem.model-missing.detail': "L'exploitant doit construire les réseaux.",
  'problem.model-corrupt.title': 'Un réseau est endommagé',
  'problem.model-corrupt.detail': "L'exploitant doit reconstruire les réseaux.",
  'problem.weights-unavailable.title': "Les poids d'un réseau ne peuvent pas être obtenus",
  'problem.weights-unavailable.detail':
    "L'exploitant doit vérifier le registre de paquets ou fournir le fichier.",
  'problem.weights-mismatch.title': "Les poids d'un réseau ne sont pas ceux attendus",
  'problem.weights-mismatch.detail': "L'exploitant doit chercher pourquoi le fichier diffère de sa fiche.",
  'problem.calibration-invalid.title': "Un étalonnage n'est pas valable",
  'problem.calibration-invalid.detail': "L'exploitant doit refaire l'étalonnage du réseau.",
  'problem.engine-unsupported.title': 'Ce moteur ne peut pas exécuter le réseau',
  'problem.engine-unsupported.detail': "L'exploitant doit choisir un autre moteur ou un autre réseau.",
  'problem.isolation-missing.title': 'Les processus enfants ne sont pas isolés',
  'problem.isolation-missing.detail':
    "L'exploitant doit construire le lanceur des processus enfants ou utiliser un noyau qui offre Landlock et seccomp.",
  'problem.storage-full.title': "L'espace de stockage est plein",
  'problem.storage-full.detail':
    "Rien n'a été consigné. L'exploitant doit faire de la place ; renvoyez ensuite la demande.",
  'problem.keyring-invalid.title': 'Le trousseau de clés est inutilisable',
  'problem.keyring-invalid.detail': "L'exploitant doit examiner le trousseau et la clé maîtresse.",
  'problem.ledger-invalid.title': 'Le registre des destructions est inutilisable',
  'problem.ledger-invalid.detail':
    "L'exploitant doit examiner le registre des données détruites, qui se trouve à côté du trousseau de clés.",
  'problem.backup-invalid.title': 'La sauvegarde est inutilisable',
  'problem.backup-invalid.detail':
    "L'exploitant doit examiner la sauvegarde : elle est incomplète ou a été modifiée.",
  'problem.search-disabled.title': 'Les recherches sont désactivées',
  'problem.search-disabled.detail':
    'Ce service ne recherche pas un visage dans l’ensemble des données. Son responsable peut l’activer, avec une base légale.',
  'problem.search-closed.title': 'Cette recherche n’est plus ouverte',
  'problem.search-closed.detail':
    'Elle a été décidée ou est terminée. Consultez-la de nouveau pour voir son état.',
  'problem.search-failed.title': 'La recherche a échoué',
  'problem.search-failed.detail':
    'Le processus de recherche s’est arrêté trois fois de façon inattendue. Rien n’a été trouvé ni conservé ; demandez une nouvelle recherche.',
  'problem.search-stopped.title': 'La recherche a été interrompue',
  'problem.search-stopped.detail':
    'Le service a été arrêté avant la fin de la recherche. Demandez une nouvelle recherche.',
  'problem.probe-unusable.title': 'La photo à rechercher ne montre pas de visage utilisable',
  'problem.probe-unusable.detail':
    'Il faut un seul visage, assez grand et assez net. Choisissez une autre photo.',
  'problem.verification-closed.title': 'Ce résultat a reçu ses avis',
  'problem.verification-closed.detail':
    'Vous ou deux autres personnes avez donné votre avis. Consultez de nouveau la recherche.',
  'problem.clock-implausible.title': "L'horloge a fait un saut invraisemblable",
  'problem.clock-implausible.detail':
    "Rien n'a été détruit. Vérifiez l'horloge de la machine ; si elle est juste, relancez la destruction avec un motif.",
  'problem.destruction-limit.title': "Plus de données sont échues qu'une exécution ne peut en détruire",
  'problem.destruction-limit.detail':
    "Rien n'a été détruit. Examinez le plan ; s'il est exact, relancez la destruction avec un motif.",
  'problem.migration-refused.title': 'La base a une structure inattendue',
  'problem.migration-refused.detail': "L'exploitant doit vérifier les versions de la base et du service.",
  'problem.input-invalid.title': "L'entrée est inutilisable",
  'problem.input-invalid.detail': "Vérifiez l'entrée et réessayez.",
  'outcome.consistent':
    "La photo concorde avec les passeports antérieurs. Du point de vue du visage, rien ne s'oppose à la demande ; poursuivez-la. C'est vous qui décidez.",
  'outcome.review':
    "Une personne doit examiner cette demande avant la confection d'un passeport. Ce n'est pas un refus : suivez les raisons ci-dessous et transmettez la demande pour examen.",
  'outcome.not-comparable':
    "Aucune comparaison n'a été possible ; on ne sait donc rien du visage. Suivez les raisons ci-dessous ; si cela reste impossible, vérifiez l'identité comme vous le feriez sans ce service.",
  'outcome.trial':
    'Aucun résultat n’est donné : cet usage du service est à l’essai, il calcule et enregistre mais ne décide rien. Traitez la demande comme sans lui.',
  'reason.identity-conflict':
    "Le numéro de registre, les noms avec la date de naissance et les documents cités ne mènent pas à une seule et même personne. Vérifiez les pièces d'identité.",
  'reason.register-number-invalid':
    "Le numéro de Registre national a un chiffre de contrôle faux. Cherchez une faute de frappe et comparez-le aux pièces d'identité.",
  'reason.claimed-document-unknown':
    "Un numéro de document de la demande ne se trouve pas dans la base. Vérifiez le numéro ; le document peut aussi être très récent ou n'avoir jamais existé.",
  'reason.too-many-tries':
    'Des photos ont été soumises de nombreuses fois pour cette demande. Une personne doit regarder les photos côte à côte.',
  'reason.failure-no-face':
    "Aucun visage n'a été trouvé dans la photo. Prenez une nouvelle photo montrant tout le visage de face.",
  'reason.failure-multiple-faces':
    'La photo montre plusieurs visages de taille semblable. Prenez une nouvelle photo du demandeur seul.',
  'reason.failure-face-too-small':
    'Le visage est trop petit dans la photo. Prenez une nouvelle photo de plus près ou numérisez à une résolution plus haute.',
  'reason.no-reference':
    "La base ne contient aucun passeport antérieur de cette personne. Vérifiez l'identité autrement, par exemple avec la dernière carte d'identité.",
  'reason.reference-without-embedding':
    "La photo d'un passeport antérieur ne peut pas être comparée par la machine. Comparez-la à l'œil avec la nouvelle photo.",
  'reason.quality-too-low':
    'La photo est trop floue pour que le résultat soit sûr. Prenez une nouvelle photo nette.',
  'reason.references-disagree':
    "Les photos des deux passeports antérieurs ne se ressemblent pas. Il se peut que l'une d'elles ne montre pas le titulaire.",
  'reason.matches-only-one':
    "La photo ressemble à l'un des deux passeports antérieurs mais pas à l'autre. Une personne doit regarder les trois photos.",
  'reason.does-not-match':
    'La photo ne ressemble pas assez aux passeports antérieurs. Une personne doit regarder les photos.',
  'notice.newer-document-possible':
    'Un passeport délivré récemment peut ne pas encore se trouver dans la base ; il peut donc en exister un plus récent que ceux comparés.',
  'notice.one-reference-only': 'Un seul passeport antérieur a été comparé, ce qui en dit moins que deux.',
};
