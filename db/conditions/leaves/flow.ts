import type { FlowLeaf } from '../../../flow/conditions/leaves/flow.ts'
import { decodeId } from '../../ids.ts'
import type { LeafSql } from '../leaf-sql.ts'

export const flow: LeafSql<FlowLeaf> = {
  sql({ flow: { id, state } }, { param }) {
    const row = decodeId('flow', id)
    if (row === undefined) return 'false'
    const ever = `select from enrollment en where en.member = m.id and en.flow = ${param(row)}::int and not en.test`
    const inside = `exists (${ever} and en.state <> 'ended')`
    return { ever: `exists (${ever})`, inside, ended: `exists (${ever}) and not ${inside}` }[state]
  },
}
