import { z } from 'zod'

/** The name of something in a workspace: an event type, a template, an audience, a list, a topic. */
export const keySchema = z.string().min(1, 'Write a name.').max(200, 'A name has at most 200 characters.')
