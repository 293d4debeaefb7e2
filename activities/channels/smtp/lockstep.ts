import type { Connected } from './connect.ts'
import { type Fault, type Handed, type SmtpError, smtpError } from './fault.ts'
import type { Letter } from './letter.ts'
import type { Stage } from './reply.ts'
import type { Dialogue, Session } from './session.ts'

/** One message after the other in nodemailer's own dialogue: for servers that want to be waited for. */
export function lockstep(connected: Connected, { feed, timeoutMs }: Dialogue): Session {
  const { connection, abilities } = connected
  let taken = 0
  let resting = true

  const carryAll = async (): Promise<void> => {
    for (let letter = feed.next(session); letter; letter = feed.next(session)) {
      taken += 1
      const handed = await deliver(connected, letter, timeoutMs)
      if (taken > 1 && isDismissal(handed)) feed.back(session, letter, handed)
      else letter.settle(handed)
      if (session.open && 'fault' in handed) await reset(connected)
      if (!session.open) break
    }
    resting = true
    if (session.open) feed.rests(session)
    else feed.ended(session)
  }

  const session: Session = {
    abilities,
    get open() {
      return !connection.destroyed
    },
    get taken() {
      return taken
    },
    wake() {
      if (!resting) return
      resting = false
      void carryAll()
    },
    refresh: () => reset(connected),
    quit: () => (session.open ? connection.quit() : connection.close()),
  }
  connection.once('end', () => resting && feed.ended(session))
  return session
}

/** The server ends the connection between two messages. */
function isDismissal(handed: Handed): boolean {
  return (
    'fault' in handed && handed.fault.stage === 'sender' && handed.fault.reply?.startsWith('421') === true
  )
}

function deliver(
  { connection, wire }: Connected,
  { from, to, raw }: Letter,
  timeoutMs: number,
): Promise<Handed> {
  return new Promise((resolve) => {
    wire.dotWritten = false
    const fail = (error: SmtpError): void => resolve({ fault: faultOf(error, wire.dotWritten) })
    const late = setTimeout(() => {
      connection.close() // forgets the send without a word, so it is settled here
      fail(smtpError('ETIMEDOUT', 'Timeout'))
    }, timeoutMs)
    connection.send({ from, to, size: raw.length }, raw, (error, info) => {
      clearTimeout(late)
      if (error) return fail(error)
      resolve({ reply: info?.response ?? '' })
    })
  })
}

/** Ends a transaction that was refused. */
function reset({ connection }: Connected): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => resolve()
    connection.once('end', done)
    connection.reset((error) => {
      connection.off('end', done)
      if (error) connection.close()
      done()
    })
  })
}

function faultOf(error: SmtpError, dotWritten: boolean): Fault {
  const { response } = error
  const answered = error.code === 'EMESSAGE' && error.command === 'DATA' && /^[45]/.test(response ?? '')
  const inDoubt = dotWritten && !answered
  const reply = !inDoubt && typeof response === 'string' ? { reply: response } : {}
  return { stage: stageOf(error), inDoubt, error, ...reply }
}

function stageOf({ code, command }: SmtpError): Stage {
  if (command === 'MAIL FROM') return 'sender'
  if (command === 'RCPT TO') return 'recipient'
  if (command === 'DATA') return code === 'EMESSAGE' ? 'body' : 'data'
  return 'connect'
}
