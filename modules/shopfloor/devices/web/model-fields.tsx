import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, InputNumber, Select } from 'antd'
import { schemaRule } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { PointKind, PointName, ValueType } from '../thing-model.ts'
import { ParametersEditor } from './model-parameters.tsx'
import { emptyProperty } from './model-values.ts'
import { parseStates } from './states-text.ts'

const columns = ['label', 'labelEn', 'pointName', 'kind', 'valueType', 'unit', 'rangeOrStates', 'decimals', 'access'] as const

/** The properties as a table of fields, one row each. */
export function PropertiesEditor({ old }: { old: string[] }) {
  const t = useWords('devices')
  return (
    <Section title={t('properties')} flush>
      <p className="dv-note ls-quiet">{t('propertiesHint')}</p>
      <Form.List name="properties">
        {(fields, { add, remove }) => (
          <>
            <div className="ls-rows dv-editor">
              <table aria-label={t('properties')}>
                <thead>
                  <tr>
                    {columns.map((key) => (
                      <th key={key} scope="col">
                        {t(key)}
                      </th>
                    ))}
                    <th scope="col" aria-label={t('ui:table.actions')} />
                  </tr>
                </thead>
                <tbody>
                  {fields.map((field) => (
                    <PropertyRow
                      key={field.key}
                      index={field.name}
                      old={old}
                      onRemove={() => remove(field.name)}
                      removable={fields.length > 1}
                    />
                  ))}
                </tbody>
              </table>
            </div>
            <div className="dv-note">
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => add(emptyProperty())}>
                {t('addProperty')}
              </Button>
            </div>
          </>
        )}
      </Form.List>
    </Section>
  )
}

function PropertyRow({ index, old, onRemove, removable }: { index: number; old: string[]; onRemove: () => void; removable: boolean }) {
  const t = useWords('devices')
  const name = Form.useWatch<string | undefined>(['properties', index, 'name'])
  // A history is of one quantity: what an older version calls by this name keeps type, kind and unit.
  const settled = name !== undefined && old.includes(name)
  const hint = settled ? t('settledHint') : undefined
  return (
    <tr>
      <td>
        <Form.Item name={[index, 'label']} rules={[{ required: true, whitespace: true, message: t('needed') }]}>
          <Input maxLength={60} aria-label={t('label')} style={{ width: 130 }} />
        </Form.Item>
      </td>
      <td>
        <Form.Item name={[index, 'labelEn']}>
          <Input maxLength={60} aria-label={t('labelEn')} style={{ width: 130 }} />
        </Form.Item>
      </td>
      <td>
        <Form.Item
          name={[index, 'name']}
          rules={[{ required: true, message: t('needed') }, schemaRule(PointName, t, t('modelIssues.pointName'))]}
        >
          <Input maxLength={64} aria-label={t('pointName')} spellCheck={false} autoComplete="off" style={{ width: 130 }} />
        </Form.Item>
      </td>
      <td title={hint}>
        <Form.Item name={[index, 'kind']}>
          <Select
            disabled={settled}
            aria-label={t('kind')}
            style={{ width: 110 }}
            options={PointKind.options.map((value) => ({ value, label: t(`kinds.${value}`), title: t(`kindHints.${value}`) }))}
          />
        </Form.Item>
      </td>
      <td title={hint}>
        <Form.Item name={[index, 'valueType']}>
          <Select
            disabled={settled}
            aria-label={t('valueType')}
            style={{ width: 90 }}
            options={ValueType.options.map((value) => ({ value, label: t(`valueTypes.${value}`) }))}
          />
        </Form.Item>
      </td>
      <td title={hint}>
        <Form.Item name={[index, 'unit']}>
          <Input disabled={settled} maxLength={20} aria-label={t('unit')} style={{ width: 80 }} />
        </Form.Item>
      </td>
      <td>
        <RangeOrStates index={index} />
      </td>
      <td>
        <Form.Item name={[index, 'decimals']}>
          <InputNumber min={0} max={9} precision={0} aria-label={t('decimals')} style={{ width: 64 }} />
        </Form.Item>
      </td>
      <td>
        <Form.Item name={[index, 'access']}>
          <Select
            aria-label={t('access')}
            style={{ width: 84 }}
            options={(['r', 'rw'] as const).map((value) => ({ value, label: t(`accesses.${value}`) }))}
          />
        </Form.Item>
      </td>
      <td className="ls-cell-actions">
        <Button
          type="text"
          danger
          icon={<DeleteOutlined aria-hidden />}
          aria-label={t('removeProperty')}
          disabled={!removable}
          onClick={onRemove}
        />
      </td>
    </tr>
  )
}

function RangeOrStates({ index }: { index: number }) {
  const t = useWords('devices')
  const kind = Form.useWatch<PointKind | undefined>(['properties', index, 'kind'])
  if (kind === 'state')
    return (
      <Form.Item
        name={[index, 'states']}
        rules={[
          {
            validator: async (_, text?: string) =>
              parseStates(text ?? '') === undefined ? Promise.reject(new Error(t('statesFormat'))) : undefined,
          },
        ]}
      >
        <Input placeholder={t('statesExample')} aria-label={t('states')} style={{ width: 200 }} />
      </Form.Item>
    )
  return (
    <span className="dv-range">
      <Form.Item name={[index, 'min']}>
        <InputNumber aria-label={t('min')} placeholder={t('min')} style={{ width: 92 }} />
      </Form.Item>
      <span aria-hidden>~</span>
      <Form.Item name={[index, 'max']}>
        <InputNumber aria-label={t('max')} placeholder={t('max')} style={{ width: 92 }} />
      </Form.Item>
    </span>
  )
}

/** Events or commands: name, words, and for events how serious they are. */
export function ExtrasEditor({ name }: { name: 'events' | 'commands' }) {
  const t = useWords('devices')
  return (
    <Section title={t(name)}>
      <Form.List name={name}>
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <div key={field.key} className="dv-extra">
                <Form.Item
                  name={[field.name, 'label']}
                  label={t('label')}
                  rules={[{ required: true, whitespace: true, message: t('needed') }]}
                >
                  <Input maxLength={60} />
                </Form.Item>
                <Form.Item name={[field.name, 'labelEn']} label={t('labelEn')}>
                  <Input maxLength={60} />
                </Form.Item>
                <Form.Item
                  name={[field.name, 'name']}
                  label={t('pointName')}
                  rules={[{ required: true, message: t('needed') }, schemaRule(PointName, t, t('modelIssues.pointName'))]}
                >
                  <Input maxLength={64} spellCheck={false} autoComplete="off" />
                </Form.Item>
                {name === 'events' && (
                  <Form.Item name={[field.name, 'severity']} label={t('severity')}>
                    <Select
                      style={{ width: 110 }}
                      options={(['info', 'warning', 'error'] as const).map((value) => ({ value, label: t(`severities.${value}`) }))}
                    />
                  </Form.Item>
                )}
                <Button
                  type="text"
                  danger
                  icon={<DeleteOutlined aria-hidden />}
                  aria-label={t('ui:delete')}
                  onClick={() => remove(field.name)}
                />
                <ParametersEditor list={name} index={field.name} />
              </div>
            ))}
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add(name === 'events' ? { severity: 'info' } : {})}>
              {t(name === 'events' ? 'addEvent' : 'addCommand')}
            </Button>
          </>
        )}
      </Form.List>
    </Section>
  )
}
