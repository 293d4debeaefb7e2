import { z } from 'zod'
import { testSend } from '../../activities/channels/test-send.ts'
import { conflict, missing } from '../../db/fault.ts'
import { inWorkspace } from '../../db/orm.ts'
import { sentToday } from '../../db/sent-today.ts'
import { readSettings } from '../../db/settings.ts'
import { findTransport, listTransports, saveTransport } from '../../db/transports.ts'
import { CHANNELS, REACHED } from '../../flow/channels/channel.ts'
import { channelBody, mergeTransport } from '../channel-settings.ts'
import { LOCKED, presentChannel } from '../channel-view.ts'
import { listOf } from '../http/paging.ts'
import { route } from '../http/route.ts'

const channelView = z
  .strictObject({
    channel: z.enum(CHANNELS),
    transport: z.string().nullable(),
    ready: z.boolean(),
    problems: z.array(z.string()),
    capabilities: z.strictObject({ reports: z.array(z.enum(REACHED)) }),
    sentToday: z.int(),
    settings: z.record(z.string(), z.unknown()),
    secrets: z.record(z.string(), z.enum(['set', 'unset'])),
  })
  .meta({ id: 'Channel' })

const outcomeView = z
  .strictObject({
    outcome: z.enum(['accepted', 'rejected', 'not-sent', 'unknown']),
    class: z.string().optional(),
    providerId: z.string().nullable().optional(),
    response: z.string().optional().meta({ description: 'What the provider said.' }),
    retryAfterMs: z.number().optional(),
  })
  .meta({ id: 'TestOutcome' })

const params = z.strictObject({ channel: z.enum(CHANNELS) })

export const channelRoutes = [
  route({
    method: 'get',
    path: '/v1/channels',
    summary: 'Each channel with its transport and whether it works',
    permission: 'channels:read',
    responses: { 200: listOf(channelView) },
    async handle(_input, { orm, db, workspace, secret }) {
      const stored = await inWorkspace(orm, workspace, (em) => listTransports(em, { workspace, secret }))
      const sent = await db.inWorkspace(workspace, sentToday)
      const items = CHANNELS.map((channel) =>
        presentChannel(
          channel,
          stored.find((each) => each.channel === channel),
          sent.get(channel) ?? 0,
        ),
      )
      return { status: 200, body: { items, next: null } }
    },
  }),
  route({
    method: 'put',
    path: '/v1/channels/:channel',
    summary: 'Connect a channel to a provider; secrets are write-only',
    permission: 'channels:write',
    params,
    body: channelBody,
    responses: { 200: channelView },
    async handle(
      { params: { channel }, body: { transport, ...settings } },
      { orm, db, workspace, secret, principal },
    ) {
      const stored = await inWorkspace(orm, workspace, async (em) => {
        const before = await findTransport(em, channel, { workspace, secret })
        const wanted = mergeTransport({ channel, kind: transport, settings }, before)
        await saveTransport(em, wanted, { workspace, secret, actor: principal.name })
        return findTransport(em, channel, { workspace, secret })
      })
      const sent = await db.inWorkspace(workspace, sentToday)
      return { status: 200, body: presentChannel(channel, stored, sent.get(channel) ?? 0) }
    },
  }),
  route({
    method: 'post',
    path: '/v1/channels/:channel/test',
    summary: 'One real send to an address of yours, with the provider’s words',
    permission: 'channels:write',
    params,
    body: z.strictObject({ to: z.string().trim().min(1).max(2_000) }),
    responses: { 200: outcomeView },
    async handle({ params: { channel }, body: { to } }, { orm, db, workspace, secret, publicUrl }) {
      const stored = await inWorkspace(orm, workspace, (em) =>
        findTransport(em, channel, { workspace, secret }),
      )
      if (!stored) throw missing('transport')
      const { sending, allowList } = await db.inWorkspace(workspace, readSettings)
      if (!sending)
        throw conflict('sending-stopped', 'Sending is switched off in the settings. Switch it on first.')
      if (allowList && !allowList.includes(to))
        throw conflict(
          'not-on-allow-list',
          'The allow list in the settings lacks this address. Add it first.',
        )
      if (stored.locked) throw conflict('secrets-locked', LOCKED)
      return { status: 200, body: await testSend(stored, { channel, publicUrl, to }) }
    },
  }),
]
