import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Navigate, useNavigate } from 'react-router'
import { accessApi, LoginName } from '#modules/foundation/access/contract.ts'
import { CreditCode } from '#modules/foundation/organisations/contract.ts'
import { call, errorText } from '#ui/api.ts'
import { schemaRule, showAtFields } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { Entrance } from './entrance.tsx'
import { stateQuery } from './session-query.ts'
import { LocaleButton } from './shell.tsx'

interface Values {
  organisationName: string
  creditCode: string
  displayName: string
  login: string
  password: string
  setupCode: string
}

/** An empty platform's first page: its operator and the first person who may do everything. */
export function Component() {
  const t = useWords('shell')
  const { message } = App.useApp()
  const navigate = useNavigate()
  const client = useQueryClient()
  const state = useQuery(stateQuery)
  const [form] = Form.useForm<Values>()
  const [failure, setFailure] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  if (state.data && !state.data.needsFirstAdministrator) return <Navigate to="/log-in" replace />

  const submit = async (values: Values) => {
    setBusy(true)
    setFailure(undefined)
    try {
      await call(accessApi.firstAdministrator, { body: values })
      await client.invalidateQueries({ queryKey: stateQuery.queryKey })
      void message.success(t('firstDone'))
      void navigate('/log-in', { replace: true })
    } catch (error) {
      const fieldOfCode = { 'access.weakPassword': 'password', 'access.wrongCredentials': 'setupCode' }
      setFailure(showAtFields(form, error, fieldOfCode, t) ? undefined : error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Entrance title={t('firstTitle')} text={t('firstText')} corner={<LocaleButton signedIn={false} />}>
      {failure !== undefined && <Alert type="error" showIcon role="alert" className="ls-form-failure" title={errorText(failure, t)} />}
      <Form<Values> form={form} layout="vertical" requiredMark={false} onFinish={(values) => void submit(values)}>
        <Form.Item name="setupCode" label={t('setupCode')} extra={t('setupCodeHint')} rules={[{ required: true }]}>
          <Input autoFocus autoComplete="one-time-code" maxLength={60} />
        </Form.Item>
        <Form.Item name="organisationName" label={t('organisationName')} rules={[{ required: true, whitespace: true }]}>
          <Input autoComplete="organization" maxLength={120} />
        </Form.Item>
        <Form.Item
          name="creditCode"
          label={t('creditCode')}
          extra={t('creditCodeHint')}
          rules={[{ required: true }, schemaRule(CreditCode, t)]}
        >
          <Input maxLength={18} autoCapitalize="characters" spellCheck={false} />
        </Form.Item>
        <Form.Item name="displayName" label={t('displayName')} rules={[{ required: true, whitespace: true }]}>
          <Input autoComplete="name" maxLength={60} />
        </Form.Item>
        <Form.Item name="login" label={t('login')} rules={[{ required: true }, schemaRule(LoginName, t)]}>
          <Input autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={60} />
        </Form.Item>
        <Form.Item name="password" label={t('newPassword')} extra={t('firstPasswordHint')} rules={[{ required: true }]}>
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <Button type="primary" htmlType="submit" size="large" block loading={busy}>
          {t('firstSubmit')}
        </Button>
      </Form>
    </Entrance>
  )
}
