import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from './limits.ts'

/**
 * The engine as built reads any file, opens any URL and takes nine tenths of the memory. Grants are a list of what is allowed: no
 * SOURCES (file, url, s3, remote, postgresql …), no functions, dictionaries, users, SYSTEM. Back-ups are granted for `Engine.backUp` alone,
 * into one folder; as SQL text they are not served. What grants do not cover is refused in sql-statement.ts.
 */
const grants = [
  'GRANT SHOW TABLES, SHOW COLUMNS, SHOW DATABASES, SELECT, INSERT, ALTER UPDATE, ALTER DELETE, ALTER COLUMN, ALTER INDEX, ALTER PROJECTION, ALTER CONSTRAINT, ALTER TTL, ALTER SETTINGS, ALTER VIEW, CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP DATABASE, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE, KILL QUERY, BACKUP ON *.*',
  `GRANT ${['', 'Replacing', 'Summing', 'Aggregating'].map((kind) => `TABLE ENGINE ON ${kind}MergeTree`).join(', ')}`,
]

/**
 * Settings that name a file to read (`format_template_row` of FORMAT Template shows any file, tried), a file to write, an address, another
 * parser or another table engine: nobody may set them.
 */
const fixedSettings = [
  'format_template_resultset',
  'format_template_row',
  'format_schema',
  'format_schema_source',
  'output_format_schema',
  'input_format_record_errors_file_path',
  'format_avro_schema_registry_url',
  'url_base',
  'rename_files_after_processing',
  'filesystem_cache_name',
  'dialect',
  'allow_experimental_kusto_dialect',
  'allow_experimental_prql_dialect',
  'allow_experimental_polyglot_dialect',
  'default_table_engine',
  'default_temporary_table_engine',
  'allow_introspection_functions',
]

const server = (usersFile: string, backups: string) => `<clickhouse>
  <timezone>UTC</timezone>
  <max_server_memory_usage>${limits.memory.serverBytes}</max_server_memory_usage>
  <mark_cache_size>${limits.memory.markCacheBytes}</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_mark_cache_size>16777216</index_mark_cache_size>
  <primary_index_cache_size>67108864</primary_index_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <access_control_improvements>
    <table_engines_require_grant>true</table_engines_require_grant>
    <select_from_system_db_requires_grant>false</select_from_system_db_requires_grant>
  </access_control_improvements>
  <merge_tree>
    <fsync_after_insert>1</fsync_after_insert>
    <fsync_part_directory>1</fsync_part_directory>
    <old_parts_lifetime>60</old_parts_lifetime>
  </merge_tree>
  <backups><allowed_path>${escapeXml(backups)}/</allowed_path></backups>
  <user_directories><users_xml><path>${escapeXml(usersFile)}</path></users_xml></user_directories>
</clickhouse>
`

const users = `<clickhouse>
  <profiles><default>
    <max_execution_time>${limits.execution.defaultSeconds}</max_execution_time>
    <max_memory_usage>${limits.memory.queryBytes}</max_memory_usage>
    <max_result_bytes>${limits.resultBytes}</max_result_bytes>
    <result_overflow_mode>throw</result_overflow_mode>
    <async_insert>0</async_insert>
    <implicit_select>0</implicit_select>
    <allow_introspection_functions>0</allow_introspection_functions>
    <constraints>
      <max_execution_time><min>0.001</min><max>${limits.execution.maxSeconds}</max></max_execution_time>
      <max_memory_usage><min>1000000</min><max>${limits.memory.queryBytes}</max></max_memory_usage>
      <max_result_bytes><min>1</min><max>${limits.resultBytes}</max></max_result_bytes>
      ${fixedSettings.map((name) => `<${name}><readonly/></${name}>`).join('')}
    </constraints>
  </default></profiles>
  <users><default>
    <password></password>
    <networks><ip>127.0.0.1</ip><ip>::1</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants>${grants.map((grant) => `<query>${grant}</query>`).join('')}</grants>
  </default></users>
  <quotas><default/></quotas>
</clickhouse>
`

/** What a setting returns to after a request that set it; anything else returns to the engine's own default. */
export const baselineSettings: ReadonlyMap<string, string> = new Map([
  ['max_execution_time', String(limits.execution.defaultSeconds)],
  ['max_memory_usage', String(limits.memory.queryBytes)],
  ['max_result_bytes', String(limits.resultBytes)],
  ['result_overflow_mode', 'throw'],
  ['async_insert', '0'],
])

export interface EnginePaths {
  store: string
  config: string
  ballast: string
  /** The only folder that back-ups are written to and read from. */
  backups: string
}

/** Written afresh at every start: the folder holds data, the code holds the rules. */
export function writeEngineConfig(dir: string): EnginePaths {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const paths = { store: join(dir, 'store'), config: join(dir, 'config.xml'), ballast: join(dir, 'ballast'), backups: join(dir, 'backups') }
  const usersFile = join(dir, 'users.xml')
  writeFileSync(usersFile, users, { mode: 0o600 })
  writeFileSync(paths.config, server(usersFile, paths.backups), { mode: 0o600 })
  return paths
}

const escapeXml = (text: string) => text.replace(/[<>&]/g, (mark) => `&#${mark.charCodeAt(0)};`)
