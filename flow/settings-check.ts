import type { Catalog } from './catalog.ts'
import { checkCondition } from './conditions/check-meaning.ts'
import type { FlowDocument } from './document.ts'
import { error, under, type Fault } from './fault.ts'

export function checkSettings(document: FlowDocument, catalog: Catalog): Fault[] {
  const { exitWhen } = document.settings
  const exit = exitWhen ? under('exitWhen', checkCondition(exitWhen, { catalog, document, tests: null })) : []
  return under('settings', [...checkTopic(document, catalog), ...exit])
}

function checkTopic({ settings }: FlowDocument, { topics }: Catalog): Fault[] {
  const { purpose, topic } = settings
  if (!topic) {
    if (purpose === 'transactional') return []
    return [
      error('no-topic', 'topic', 'Marketing needs a topic that members can allow and refuse. Choose one.'),
    ]
  }
  if (topic === '*') {
    return [error('topic-all', 'topic', 'The topic * stands for all of them (STOP). Choose one topic.')]
  }
  if (topics === null || topics.includes(topic)) return []
  return [
    error(
      'topic-closed',
      'topic',
      `There is no topic *${topic}*, and the list of topics is closed. Choose another, or add it in the settings.`,
    ),
  ]
}
