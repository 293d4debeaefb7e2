import { ApiKey } from './api-key.ts'
import { Audience } from './audience.ts'
import { Audit } from './audit.ts'
import { TemplateVersion } from './template-version.ts'
import { Template } from './template.ts'
import { Transport } from './transport.ts'
import { Workspace } from './workspace.ts'

export const ENTITIES = [Workspace, ApiKey, Audit, Audience, Template, TemplateVersion, Transport] as const
