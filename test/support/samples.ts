export { samplePath } from '../../src/cli/demo/faces.js';
export { background, derivedPortraitOf, portraitOf, twoPeople } from '../../src/cli/demo/portraits.js';
