import { MikroORM } from '@mikro-orm/postgresql'
import type { EntityManager } from '@mikro-orm/postgresql'
import { ENTITIES } from './entities/list.ts'

export interface OrmOptions {
  url: string
  max: number
  name: string
}

/** Entities for the cold nouns. Like db/pool.ts it takes on the role that row-level security holds back. */
export function openOrm({ url, max, name }: OrmOptions): MikroORM {
  return new MikroORM({
    clientUrl: url,
    entities: [...ENTITIES],
    pool: { min: 0, max },
    driverOptions: {
      options: '-c role=fanfare_app -c jit=off -c timezone=UTC',
      application_name: name,
      connectionTimeoutMillis: 5_000,
    },
    logger: () => {},
  })
}

/** Runs `work` in a transaction of its own identity map that sees and writes only rows of this workspace. */
export async function inWorkspace<T>(
  orm: MikroORM,
  workspace: number,
  work: (em: EntityManager) => Promise<T>,
): Promise<T> {
  const em = orm.em.fork()
  em.setSessionContext({ variables: { 'app.workspace': workspace } })
  return em.transactional((inner) => work(inner))
}
