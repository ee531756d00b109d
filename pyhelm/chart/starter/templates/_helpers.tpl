{{/* Named templates. Files that begin with an underscore write nothing themselves. */}}

{{/* The short name: what the labels call the application. */}}
{{- define "<CHARTNAME>.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/*
The full name, used for the objects: release and chart, or the release alone if it names the chart already.
Cut at 63 characters, which is all that a DNS label may have.
*/}}
{{- define "<CHARTNAME>.fullname" -}}
{{- $short := .Values.nameOverride | default .Chart.Name -}}
{{- $long := contains $short .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $short) -}}
{{ .Values.fullnameOverride | default $long | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* Chart and version as a label value, in which "+" is not allowed. */}}
{{- define "<CHARTNAME>.chart" -}}
{{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* What selects the Pods. A Deployment's selector cannot change, so nothing that changes may stand here. */}}
{{- define "<CHARTNAME>.selectorLabels" -}}
app.kubernetes.io/name: {{ include "<CHARTNAME>.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The labels of every object. */}}
{{- define "<CHARTNAME>.labels" -}}
{{ include "<CHARTNAME>.selectorLabels" . }}
{{- with .Chart.AppVersion }}
app.kubernetes.io/version: {{ quote . }}
{{- end }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ include "<CHARTNAME>.chart" . }}
{{- end -}}

{{/* The ServiceAccount that the Pods run as. */}}
{{- define "<CHARTNAME>.serviceAccountName" -}}
{{- $fallback := .Values.serviceAccount.create | ternary (include "<CHARTNAME>.fullname" .) "default" -}}
{{ .Values.serviceAccount.name | default $fallback }}
{{- end -}}
