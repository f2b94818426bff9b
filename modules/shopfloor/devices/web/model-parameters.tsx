import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, InputNumber, Select } from 'antd'
import { schemaRule } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { PointName, ValueType } from '../thing-model.ts'
import type { ParameterValues } from './model-values.ts'

const MOST_PARAMETERS = 50

/** What is given with a command or told with an event, in the order in which a method takes it. */
export function ParametersEditor({ list, index }: { list: 'events' | 'commands'; index: number }) {
  const t = useWords('devices')
  return (
    <div className="dv-parameters">
      <Form.List name={[index, 'parameters']}>
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <Parameter key={field.key} path={[list, index, 'parameters']} index={field.name} onRemove={() => remove(field.name)} />
            ))}
            <Button
              size="small"
              icon={<PlusOutlined aria-hidden />}
              disabled={fields.length >= MOST_PARAMETERS}
              title={fields.length >= MOST_PARAMETERS ? t('parametersFull', { n: MOST_PARAMETERS }) : undefined}
              onClick={() => add({ valueType: 'number' })}
            >
              {t('addParameter')}
            </Button>
          </>
        )}
      </Form.List>
    </div>
  )
}

function Parameter({ path, index, onRemove }: { path: (string | number)[]; index: number; onRemove: () => void }) {
  const t = useWords('devices')
  const form = Form.useFormInstance()
  const others = (): ParameterValues[] => (form.getFieldValue(path) as ParameterValues[] | undefined) ?? []
  const valueType = Form.useWatch<ValueType | undefined>([...path, index, 'valueType'])
  const isNumeric = valueType === 'number' || valueType === 'integer'
  const isTwice = async (_: unknown, name?: string) =>
    name && others().filter((one) => one?.name === name).length > 1 ? Promise.reject(new Error(t('modelIssues.duplicateName'))) : undefined
  const isReversed = async (_: unknown, min?: number | null) => {
    const max = others()[index]?.max
    return min != null && max != null && min > max ? Promise.reject(new Error(t('modelIssues.rangeReversed'))) : undefined
  }
  return (
    <div className="dv-extra">
      <Form.Item
        name={[index, 'label']}
        label={t('parameterNo', { n: index + 1 })}
        rules={[{ required: true, whitespace: true, message: t('needed') }]}
      >
        <Input maxLength={60} placeholder={t('label')} />
      </Form.Item>
      <Form.Item name={[index, 'labelEn']} label={t('labelEn')}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item
        name={[index, 'name']}
        label={t('pointName')}
        rules={[{ required: true, message: t('needed') }, schemaRule(PointName, t, t('modelIssues.pointName')), { validator: isTwice }]}
      >
        <Input maxLength={64} spellCheck={false} autoComplete="off" />
      </Form.Item>
      <Form.Item name={[index, 'valueType']} label={t('valueType')}>
        <Select style={{ width: 90 }} options={ValueType.options.map((value) => ({ value, label: t(`valueTypes.${value}`) }))} />
      </Form.Item>
      {isNumeric && (
        <>
          <Form.Item name={[index, 'unit']} label={t('unit')}>
            <Input maxLength={20} style={{ width: 80 }} />
          </Form.Item>
          <Form.Item name={[index, 'min']} label={t('min')} rules={[{ validator: isReversed }]} dependencies={[[...path, index, 'max']]}>
            <InputNumber style={{ width: 100 }} />
          </Form.Item>
          <Form.Item name={[index, 'max']} label={t('max')}>
            <InputNumber style={{ width: 100 }} />
          </Form.Item>
        </>
      )}
      <Button type="text" danger icon={<DeleteOutlined aria-hidden />} aria-label={t('removeParameter')} onClick={onRemove} />
    </div>
  )
}
