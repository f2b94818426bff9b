import { Checkbox, Form, Select } from 'antd'
import type { Protocol } from '#edge/drivers/protocol.ts'
import { useWords } from '#ui/i18n.ts'
import type { Connection } from '../configuration-contract.ts'
import type { Settings } from '../contract.ts'
import { SettingsFields } from './settings-fields.tsx'

export interface LoggerValues {
  withTime?: boolean
  timePlace?: Settings
  timeFormat?: 'epochMs' | 'epochS'
  withSequence?: boolean
  sequencePlace?: Settings
}

export const loggerValues = ({ sourceTime, sequence }: Pick<Connection, 'sourceTime' | 'sequence'>): LoggerValues => ({
  withTime: sourceTime !== null,
  ...(sourceTime ? { timePlace: sourceTime.place } : {}),
  timeFormat: sourceTime?.format ?? 'epochMs',
  withSequence: sequence !== null,
  ...(sequence ? { sequencePlace: sequence.place } : {}),
})

export const loggerOf = (values: LoggerValues): Pick<Connection, 'sourceTime' | 'sequence'> => ({
  sourceTime: values.withTime && values.timePlace ? { place: definedOf(values.timePlace), format: values.timeFormat ?? 'epochMs' } : null,
  sequence: values.withSequence && values.sequencePlace ? { place: definedOf(values.sequencePlace) } : null,
})

const definedOf = (settings: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== ''))

/** A data logger's own stamp and number. */
export function LoggerFields({ protocol }: { protocol: Protocol }) {
  const t = useWords('gateways')
  const withTime = Form.useWatch('withTime')
  const withSequence = Form.useWatch('withSequence')
  return (
    <details open={withTime === true || withSequence === true}>
      <summary>{t('logger')}</summary>
      <p className="ls-quiet">{t('loggerHint')}</p>
      <Form.Item name="withTime" valuePropName="checked">
        <Checkbox>{t('withTime')}</Checkbox>
      </Form.Item>
      {withTime && (
        <>
          <SettingsFields schema={protocol.place} path="timePlace" />
          <Form.Item name="timeFormat" label={t('timeFormat')}>
            <Select
              options={[
                { value: 'epochMs', label: t('epochMs') },
                { value: 'epochS', label: t('epochS') },
              ]}
            />
          </Form.Item>
        </>
      )}
      <Form.Item name="withSequence" valuePropName="checked">
        <Checkbox>{t('withSequence')}</Checkbox>
      </Form.Item>
      {withSequence && <SettingsFields schema={protocol.place} path="sequencePlace" />}
    </details>
  )
}
