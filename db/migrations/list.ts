import { readFileSync, readdirSync } from 'node:fs'
import { Migration } from '@mikro-orm/migrations'

/** The numbered SQL files of this folder, in order: each is one migration, named as its file. */
export const migrationsList = readdirSync(import.meta.dirname)
  .filter((file) => /^\d{4}-[a-z-]+\.sql$/.test(file))
  .toSorted()
  .map((file) => ({ name: file.replace(/\.sql$/, ''), class: migrationFrom(file) }))

function migrationFrom(file: string) {
  return class extends Migration {
    override up(): void {
      this.addSql(readFileSync(new URL(file, import.meta.url), 'utf8'))
    }
  }
}
