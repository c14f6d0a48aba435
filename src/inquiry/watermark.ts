/** What is drawn on a photo: who looked, and when. */
export const watermark = (person: string, at: Date): string =>
  `${person} ${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
