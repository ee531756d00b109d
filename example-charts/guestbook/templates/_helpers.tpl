{{/* The name of the release's objects: "book-guestbook", or "guestbook" where the release is called that. */}}
{{- define "guestbook.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{/*
Labels. Call it with the component that is meant:
  include "guestbook.labels" (dict "root" $ "component" "frontend")
*/}}
{{- define "guestbook.labels" -}}
{{ include "guestbook.selectorLabels" . }}
app.kubernetes.io/part-of: guestbook
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{- define "guestbook.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Where the store answers: the subchart's, or one that the user names. */}}
{{- define "guestbook.store" -}}
{{- if .Values.redis.enabled -}}
{{ .Release.Name }}-redis:{{ .Values.redis.port }}
{{- else -}}
{{ required "store.host is required while redis.enabled is false" .Values.store.host }}:{{ .Values.store.port }}
{{- end -}}
{{- end -}}
