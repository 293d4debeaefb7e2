import { z } from 'zod'
import { missing } from '../../db/fault.ts'
import { GALLERY } from '../../flow/gallery/gallery.ts'
import { readyFlowSchema } from '../../flow/gallery/ready-flow.ts'
import { keySchema } from '../../flow/key.ts'
import { listOf } from '../http/paging.ts'
import { route } from '../http/route.ts'

const item = readyFlowSchema.pick({ key: true, name: true, description: true }).meta({ id: 'GalleryItem' })

export const galleryRoutes = [
  route({
    method: 'get',
    path: '/v1/gallery',
    summary: 'List the ready flows to start from',
    permission: 'flows:read',
    responses: { 200: listOf(item) },
    async handle() {
      const items = GALLERY.map(({ key, name, description }) => ({ key, name, description }))
      return { status: 200, body: { items, next: null } }
    },
  }),
  route({
    method: 'get',
    path: '/v1/gallery/:key',
    summary: 'A ready flow with its templates and audiences, to be put where the workspace lacks them',
    permission: 'flows:read',
    params: z.strictObject({ key: keySchema }),
    responses: { 200: readyFlowSchema },
    async handle({ params: { key } }) {
      const found = GALLERY.find((ready) => ready.key === key)
      if (!found) throw missing('ready flow')
      return { status: 200, body: found }
    },
  }),
]
