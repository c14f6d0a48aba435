import type { Inquiry, SearchSummary } from '../api/types.js';
import type { Tone } from '../ui/Tag.js';

export const inquiryTones: Readonly<Record<Inquiry['status'], Tone>> = {
  open: 'accent',
  ended: 'look',
  closed: 'quiet',
};

export const searchTones: Readonly<Record<SearchSummary['status'], Tone>> = {
  requested: 'look',
  refused: 'quiet',
  running: 'accent',
  done: 'good',
  failed: 'bad',
};
