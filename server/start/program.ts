import type { ChildProcess } from 'node:child_process'

/** A program that a start brings up and keeps up: how to launch it, when it serves, and how to end it. */
export interface Program {
  name: string
  launch(): ChildProcess
  /** Resolves once it serves; rejects when it ended instead. */
  ready(child: ChildProcess): Promise<void>
  stopSignal: NodeJS.Signals
  /** How long it may take to end, in ms, before it is killed. */
  patience: number
}
