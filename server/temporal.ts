import { Client, Connection } from '@temporalio/client'

/** A client that connects on its first call and reconnects by itself: the API starts without Temporal, too. */
export function openTemporal(address: string): Client {
  return new Client({ connection: Connection.lazy({ address }) })
}
