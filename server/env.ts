import { z } from 'zod'
import { addressKind } from '../flow/address-kind.ts'
import { listedAs, type Reach } from '../flow/reach.ts'

const perSecond = z.coerce.number().positive()

/** Everything the environment can say. An empty variable counts as unset. */
const schema = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  FANFARE_HOME: z.string().default('.fanfare'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/]+:\d+$/)
    .optional(),
  FANFARE_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{1,500}$/)
    .optional(),
  FANFARE_SECRET: z.string().optional(),
  FANFARE_DEMO: z.enum(['0', '1']).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  FANFARE_KEY_RATE: perSecond.default(1000),
  FANFARE_PUBLIC_RATE: perSecond.default(500),
  FANFARE_PACE: z.enum(['fast', 'careful']).default('fast'),
  FANFARE_PROXIES: z.coerce.number().int().min(0).default(0),
  FANFARE_WEBHOOK_HOSTS: z
    .string()
    .transform((hosts) => hosts.split(',').map((host) => listedAs(host.trim())))
    .pipe(z.array(z.string()))
    .optional(),
})

type Variable = keyof typeof schema.shape

/** What to write into a variable that is missing or wrong. */
const REMEDY: Record<Variable, string> = {
  NODE_ENV: 'Set it to production, development or test.',
  HOST: 'Set it to the address to listen on, for example 127.0.0.1.',
  PORT: 'Set it to a number from 0 to 65535.',
  PUBLIC_URL: 'Set it to the address people reach this server at, for example https://fanfare.example.',
  FANFARE_HOME: 'Set it to a folder that can be written to.',
  DATABASE_URL:
    'Set it to postgres://user:password@host:5432/name, or run `npm start`, which brings a database.',
  TEMPORAL_ADDRESS:
    'Set it to host:port, for example 127.0.0.1:7233, or run `npm start`, which brings a Temporal.',
  FANFARE_API_KEY: 'Set it to a random text of at least 16 visible ASCII characters, or leave it out.',
  FANFARE_SECRET:
    'Set it to a random text of at least 32 characters, for example from `openssl rand -base64 48`.',
  FANFARE_DEMO: 'Set it to 1 for demo data or 0 for none.',
  LOG_LEVEL: 'Set it to fatal, error, warn, info, debug, trace or silent.',
  FANFARE_KEY_RATE: 'Set it to the requests a second that one API key may make.',
  FANFARE_PUBLIC_RATE: 'Set it to the requests a second that one network address may make without a key.',
  FANFARE_PACE:
    'Set it to fast, or to careful for campaigns that leave fewer messages in doubt when a process is killed.',
  FANFARE_PROXIES: 'Set it to the number of proxies in front of this server.',
  FANFARE_WEBHOOK_HOSTS:
    'Set it to the hosts in private networks that webhooks may call, for example crm.internal,10.0.0.7:8080.',
}

/** A start-up fault in words for the person who starts the process. */
export class EnvFault extends Error {}

export type Env = ReturnType<typeof readEnv>

/** Reads the environment, once per process. Throws an EnvFault that names every bad variable and its remedy. */
export function readEnv(source: Record<string, string | undefined> = process.env) {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) {
    const wrong = new Set(parsed.error.issues.map((issue) => issue.path[0] as Variable)) // the schema's own keys
    throw new EnvFault([...wrong].map((name) => fault(name, 'is not valid')).join('\n'))
  }
  const env = parsed.data
  const production = env.NODE_ENV === 'production'
  if (production) demandStrength(env)
  const host = env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST
  return {
    mode: env.NODE_ENV,
    production,
    host: env.HOST,
    port: env.PORT,
    publicUrl: (env.PUBLIC_URL ?? `http://${host}:${env.PORT}`).replace(/\/+$/, ''),
    home: env.FANFARE_HOME,
    databaseUrl: env.DATABASE_URL,
    temporalAddress: env.TEMPORAL_ADDRESS,
    apiKey: env.FANFARE_API_KEY,
    secret: env.FANFARE_SECRET,
    demo: env.FANFARE_DEMO ? env.FANFARE_DEMO === '1' : !env.DATABASE_URL,
    logLevel: env.LOG_LEVEL,
    keyRate: env.FANFARE_KEY_RATE,
    publicRate: env.FANFARE_PUBLIC_RATE,
    pace: env.FANFARE_PACE,
    proxies: env.FANFARE_PROXIES,
    reach: reachOf(env),
  }
}

/** The environment of a process that serves: the database, Temporal and the secret must be there. */
export function readServiceEnv(source: Record<string, string | undefined> = process.env) {
  const env = readEnv(source)
  return {
    ...env,
    databaseUrl: required('DATABASE_URL', env.databaseUrl),
    temporalAddress: required('TEMPORAL_ADDRESS', env.temporalAddress),
    secret: required('FANFARE_SECRET', env.secret),
  }
}

/** A machine that serves nobody but itself may call itself, too. */
function reachOf({ HOST, NODE_ENV, FANFARE_WEBHOOK_HOSTS: hosts = [] }: z.output<typeof schema>): Reach {
  const alone = HOST === 'localhost' || addressKind(HOST) === 'loopback'
  return { hosts, loopback: alone && NODE_ENV !== 'production' }
}

/** Keys that a person can guess are for trying things out. */
function demandStrength({ FANFARE_SECRET, FANFARE_API_KEY }: z.output<typeof schema>): void {
  if (!FANFARE_SECRET) throw new EnvFault(fault('FANFARE_SECRET', 'is required in production'))
  if (FANFARE_SECRET.length < 32) throw new EnvFault(fault('FANFARE_SECRET', 'is too short for production'))
  if (FANFARE_API_KEY && FANFARE_API_KEY.length < 16) {
    throw new EnvFault(fault('FANFARE_API_KEY', 'is too short for production'))
  }
}

function required(name: Variable, value: string | undefined): string {
  if (value === undefined) throw new EnvFault(fault(name, 'is not set'))
  return value
}

function fault(name: Variable, what: string): string {
  return `${name} ${what}. ${REMEDY[name]}`
}
