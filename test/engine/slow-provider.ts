import type { Courier } from '../../activities/effects/send.ts'
import type { Engine } from '../../activities/engine.ts'

/** `prepare`: before the grant. `send`: after it, before the provider has answered. */
export type Moment = 'prepare' | 'send'

/** Does something at a moment of the next hand-over, while a walk carries the member; then it goes on. */
export function during(engine: Engine, moment: Moment, act: () => Promise<unknown>): void {
  const { courier } = engine
  const interrupted = async <T>(goOn: () => Promise<T>): Promise<T> => {
    engine.courier = courier
    await act()
    return goOn()
  }
  const change: Partial<Courier> = {
    prepare: (workspace, jobs) => interrupted(() => courier.prepare(workspace, jobs)),
    send: (prepared) => interrupted(() => courier.send(prepared)),
  }
  engine.courier = { ...courier, [moment]: change[moment] }
}
