import { tokenKeys } from '../../activities/render/token-keys.ts'
import { trackingOf, type Tracking } from '../../activities/render/tracking.ts'
import type { MessageRow } from '../../db/messages.ts'
import type { Services } from '../http/context.ts'

/** The public addresses of a message, which its content carried. */
export type TrackingFor = (message: Pick<MessageRow, 'id' | 'member_id'>) => Tracking

export function trackingIn(
  { publicUrl, secret }: Pick<Services, 'publicUrl' | 'secret'>,
  workspace: number,
): TrackingFor {
  const keys = tokenKeys(secret)
  return ({ id, member_id }) => trackingOf({ publicUrl, keys, workspace, member: member_id, message: id })
}
