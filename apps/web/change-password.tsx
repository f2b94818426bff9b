import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { Entrance } from './entrance.tsx'
import { logOut, sessionQuery } from './session-query.ts'

interface Passwords {
  current: string
  next: string
  again: string
}

const fieldOfCode = { 'access.wrongCredentials': 'current', 'access.weakPassword': 'next' }

/** The own password: by choice in a dialog, or `forced` before anything else may be done. */
export function ChangePassword({ forced = false, onClose }: { forced?: boolean; onClose?: () => void }) {
  const t = useWords('shell')
  const { message } = App.useApp()
  const client = useQueryClient()
  const save = async ({ current, next }: Passwords) => {
    await call(accessApi.changePassword, { body: { current, next } })
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey })
    void message.success(t('passwordChanged'))
  }
  if (!forced)
    return (
      <EditModal<Passwords>
        open
        title={t('changePassword')}
        onSubmit={save}
        onClose={onClose ?? (() => undefined)}
        fieldOfCode={fieldOfCode}
        successText={false}
      >
        <PasswordFields />
      </EditModal>
    )
  return <ForcedChange save={save} />
}

function ForcedChange({ save }: { save: (values: Passwords) => Promise<void> }) {
  const t = useWords('shell')
  const navigate = useNavigate()
  const [failure, setFailure] = useState<unknown>()
  const [saving, setSaving] = useState(false)
  const submit = async (values: Passwords) => {
    setSaving(true)
    setFailure(undefined)
    try {
      await save(values)
    } catch (error) {
      setFailure(error)
    } finally {
      setSaving(false)
    }
  }
  const leave = async () => {
    await logOut().catch(() => undefined)
    void navigate('/log-in')
  }
  return (
    <Entrance title={t('mustChangeTitle')} text={t('mustChangeText')}>
      {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
      <Form<Passwords> layout="vertical" requiredMark={false} onFinish={(values) => void submit(values)}>
        <PasswordFields />
        <Button type="primary" htmlType="submit" block size="large" loading={saving}>
          {t('changePassword')}
        </Button>
        <Button type="link" block onClick={() => void leave()}>
          {t('logOut')}
        </Button>
      </Form>
    </Entrance>
  )
}

function PasswordFields() {
  const t = useWords('shell')
  const policy = useQuery({ queryKey: ['access', 'policy'], queryFn: ({ signal }) => call(accessApi.policy, { signal }) })
  const rules = policy.data && t(policy.data.composition ? 'policyComposition' : 'policyLength', { n: policy.data.minLength })
  return (
    <>
      <Form.Item name="current" label={t('currentPassword')} rules={[{ required: true }]}>
        <Input.Password autoComplete="current-password" maxLength={200} />
      </Form.Item>
      <Form.Item name="next" label={t('newPassword')} extra={rules} rules={[{ required: true }]}>
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('passwordAgain')}
        dependencies={['next']}
        rules={[
          { required: true },
          ({ getFieldValue }) => ({
            validator: async (_, value: string | undefined) => {
              if (value && value !== getFieldValue('next')) throw new Error(t('passwordsDiffer'))
            },
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
    </>
  )
}
