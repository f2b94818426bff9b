import { Form, Input, InputNumber, Select, Switch } from 'antd'
import type { z } from 'zod'
import { applies, type Field, fieldsOf } from '#edge/drivers/protocol-fields.ts'
import { useLocale, useWords } from '#ui/i18n.ts'

/** The fields of a protocol's schema, as its connection or unit; `path` is where they stand in the form's values. */
export function SettingsFields({ schema, path, secretsKept = [] }: { schema: z.ZodObject; path: string; secretsKept?: readonly string[] }) {
  const t = useWords('gateways')
  const english = useLocale() === 'en-US'
  const settings = Form.useWatch(path) as Record<string, unknown> | undefined
  const fields = fieldsOf(schema).filter(({ when }) => applies(when, settings ?? {}))
  return (
    <div className="gw-settings">
      {fields.map((field) => (
        <Form.Item
          key={field.name}
          name={[path, field.name]}
          label={english ? field.en : field.zh}
          rules={[{ required: field.required || field.when?.needed === true }]}
          {...(field.kind === 'boolean' ? { valuePropName: 'checked' } : {})}
          {...(field.hint ? { extra: english ? field.hint.en : field.hint.zh } : {})}
        >
          <FieldInput field={field} english={english} {...(secretsKept.includes(field.name) ? { placeholder: t('secretKeptHint') } : {})} />
        </Form.Item>
      ))}
    </div>
  )
}

function FieldInput({ field, english, placeholder, ...props }: { field: Field; english: boolean; placeholder?: string }) {
  switch (field.kind) {
    case 'boolean':
      return <Switch {...props} />
    case 'choice':
      return (
        <Select
          {...props}
          options={Object.entries(field.choices ?? {}).map(([value, words]) => ({ value, label: english ? words.en : words.zh }))}
        />
      )
    case 'number':
      return (
        <InputNumber
          {...props}
          style={{ width: '100%' }}
          {...(field.min === undefined ? {} : { min: field.min })}
          {...(field.max === undefined ? {} : { max: field.max })}
          {...(field.unit ? { suffix: field.unit } : {})}
        />
      )
    default:
      if (field.secret) return <Input.Password {...props} autoComplete="new-password" {...(placeholder ? { placeholder } : {})} />
      return <Input {...props} autoComplete="off" spellCheck={false} />
  }
}

/** What a new form begins with. */
export const defaultsOf = (schema: z.ZodObject): Record<string, string | number | boolean> =>
  Object.fromEntries(fieldsOf(schema).flatMap((field) => (field.default === undefined ? [] : [[field.name, field.default]])))

/** `host 10.1.2.3 · port 502` as a person reads it: the settings that stand out, in the order of the form. */
export const settingsText = (settings: Record<string, unknown>, names: readonly string[]): string =>
  names
    .map((name) => settings[name])
    .filter((value) => value !== undefined && value !== null && value !== '')
    .join(':')
