/** Who asks: an API key of one workspace. `name` is what the audit shows. */
export interface Principal {
  key: number
  name: string
  workspace: number
  scopes: string[]
}
