/** As the service takes text: on one line, no space at either end. */
export const cleanText = (typed: string): string => typed.trim().replace(/\s+/g, ' ');
