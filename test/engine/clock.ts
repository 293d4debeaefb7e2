import { localClock } from '../../flow/zone.ts'

const HOUR = 3_600_000

/**
 * A zone in which it is about noon right now, so that a test about days and nights holds whenever it is run. Of the
 * zones called Etc/GMT±n the sign is turned round: Etc/GMT-3 is three hours ahead.
 */
export function zoneAtNoon(now = Date.now()): string {
  return `Etc/GMT${signed(new Date(now).getUTCHours() - 12)}`
}

/** The wall clock of a zone, some hours from now, as settings write it: '21:00'. */
export function timeIn(zone: string, hours: number, now = Date.now()): string {
  return new Date(localClock(now + hours * HOUR, zone)).toISOString().slice(11, 16)
}

function signed(hours: number): string {
  return hours < 0 ? String(hours) : `+${hours}`
}
