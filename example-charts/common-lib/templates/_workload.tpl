{{/* A Deployment with one container. */}}
{{- define "common-lib.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "common-lib.fullname" . }}
  labels:
    {{- include "common-lib.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas | default 1 }}
  selector:
    matchLabels:
      {{- include "common-lib.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "common-lib.selectorLabels" . | nindent 8 }}
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: {{ required "image is required, such as nginx:1.25" .Values.image }}
          ports:
            - name: main
              containerPort: {{ .Values.port }}
{{- end -}}

{{/* A Service in front of it. */}}
{{- define "common-lib.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "common-lib.fullname" . }}
  labels:
    {{- include "common-lib.labels" . | nindent 4 }}
spec:
  selector:
    {{- include "common-lib.selectorLabels" . | nindent 4 }}
  ports:
    - name: main
      port: {{ .Values.port }}
      targetPort: main
{{- end -}}
