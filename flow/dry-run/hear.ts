import { evaluate } from '../conditions/evaluate.ts'
import type { Rest } from '../facts.ts'
import type { Plan } from '../plan.ts'
import { countSends } from './count-sends.ts'
import { report } from './hand-over.ts'
import { heed } from './heed.ts'
import { changeEnrollment, changeMember, type Play } from './play.ts'
import { isAbout, type ReceiptReply, type Reply } from './reply.ts'

/** Takes in what came while the member rests; true when it wakes them. The same writers wake them live. */
export function hear(play: Play, reply: Reply, rest: Rest): boolean {
  if (play.heard.has(reply)) return false
  play.scene.now = Math.max(play.scene.now, reply.at)
  if ('event' in reply) return hearEvent(play, reply, rest)
  return hearReceipt(play, reply, rest)
}

function hearEvent(play: Play, { event, at }: Extract<Reply, { event: unknown }>, { awaits }: Rest): boolean {
  const { member, plan } = play.scene
  const seq = (play.scene.seq += 1)
  changeMember(play, { events: [...member.events, { seq, at, ...event }] })
  const awaited = awaits !== undefined && 'event' in awaits && awaits.event === event.type
  return leaves(play, plan.exitOn.events.includes(event.type)) || awaited
}

/** A report about a message that is not there yet waits for it (`handOver`). */
function hearReceipt(play: Play, reply: ReceiptReply, { code, awaits }: Rest): boolean {
  const { node, channel, status } = reply.receipt
  const { enrollment, plan, now } = play.scene
  if (!play.hops.some((hop) => isAbout(reply, hop.node, hop.channel))) return false
  play.heard.add(reply)
  play.hops = play.hops.map((hop) =>
    isAbout(reply, hop.node, hop.channel) ? report(hop, { reply, at: now }) : hop,
  )
  changeEnrollment(play, { hops: play.hops })
  countSends(play)
  const refuses = heed(play, status, channel)
  const heard = plan.exitOn.receipts || (refuses && plan.exitOn.consent)
  const awaited = awaits !== undefined && 'receipt' in awaits && node === enrollment.node
  // What failed counts towards no cap any more.
  const room = code === 'frequency-cap' && (status === 'failed' || status === 'bounced')
  return leaves(play, heard) || awaited || room
}

/** Exit criteria are asked when what came is something that they mention. */
function leaves(play: Play, mentioned: boolean): boolean {
  const { exitWhen }: Plan['settings'] = play.scene.plan.settings
  const verdict = mentioned && exitWhen ? evaluate(exitWhen, play.scene) : null
  if (!verdict?.truth) return false
  changeEnrollment(play, { mark: { code: 'exit-criteria', args: { because: verdict.because } } })
  return true
}
