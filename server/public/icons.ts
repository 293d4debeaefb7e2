import type { Channel } from '../../flow/channels/channel.ts'
import { Html } from './html.ts'

// Lucide (ISC licence).
const PATHS = {
  email:
    '<rect width="20" height="16" x="2" y="4" rx="2"/><path d="m22 7-8.97 5.7a1.94 1.94 0 0 1-2.06 0L2 7"/>',
  sms: '<path d="M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z"/><path d="M13 8H7"/><path d="M17 12H7"/>',
  whatsapp:
    '<path d="M7.9 20A9 9 0 1 0 4 16.1L2 22Z"/><path d="M9 10c.4 2.4 2.6 4.6 5 5l1.5-1.5-2-1-1 .8c-.9-.5-1.3-.9-1.8-1.8l.8-1-1-2Z"/>',
  telegram:
    '<path d="M14.5 21.7a.5.5 0 0 0 .94-.02l6.5-19a.5.5 0 0 0-.63-.63l-19 6.5a.5.5 0 0 0-.02.94l7.93 3.18a2 2 0 0 1 1.11 1.11z"/><path d="m21.9 2.1-10.9 10.9"/>',
  push: '<path d="M10.27 21a2 2 0 0 0 3.46 0"/><path d="M3.26 15.33A1 1 0 0 0 4 17h16a1 1 0 0 0 .74-1.67C19.41 13.96 18 12.5 18 8A6 6 0 0 0 6 8c0 4.5-1.41 5.96-2.74 7.33"/>',
  voice:
    '<path d="M13.83 16.57a1 1 0 0 0 1.21-.3l.36-.47A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.47.35a1 1 0 0 0-.29 1.23 14 14 0 0 0 6.39 6.39"/>',
  up: '<path d="m18 15-6-6-6 6"/>',
  down: '<path d="m6 9 6 6 6-6"/>',
  check: '<path d="M20 6 9 17l-5-5"/>',
  pause: '<circle cx="12" cy="12" r="10"/><path d="M10 15V9"/><path d="M14 15V9"/>',
  mark: '<circle cx="5" cy="12" r="2.5" fill="currentColor"/><path d="M10 12h11"/><path d="M9.5 9.5 19 5"/><path d="M9.5 14.5 19 19"/>',
} as const satisfies Record<Channel, string> & Record<string, string>

/** A line drawing that screen readers pass over: the word beside it says the same. */
export function icon(name: keyof typeof PATHS): Html {
  return new Html(`<svg viewBox="0 0 24 24" aria-hidden="true" class="channel-${name}">${PATHS[name]}</svg>`)
}
