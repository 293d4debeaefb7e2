import type { Digest } from './digest.ts'
import type { Memory } from './memory.ts'

/** What whoever writes about members needs beside the transaction. */
export interface Desk {
  digest: Digest
  memory: Memory
}
