"""APIs that Kubernetes has deprecated, and what it says about them.

The facts are the ``APILifecycle…`` methods of ``k8s.io/api``; the words are those of the API server's warnings.
"""

from __future__ import annotations

from functools import cache

DEFAULT_MINOR = 37
"""Minor of the Kubernetes version that lint judges by unless told otherwise."""

# API version, minors of deprecation and removal, API version that replaces it, kinds. A kind with "+" has a List kind
# of the same fate; "=" names a replacement of another kind.
_TABLE = """\
admissionregistration.k8s.io/v1alpha1 35 38 - MutatingAdmissionPolicy+ MutatingAdmissionPolicyBinding+
admissionregistration.k8s.io/v1alpha1 29 32 - ValidatingAdmissionPolicy+ ValidatingAdmissionPolicyBinding+
admissionregistration.k8s.io/v1beta1 37 40 admissionregistration.k8s.io/v1 MutatingAdmissionPolicy+
admissionregistration.k8s.io/v1beta1 37 40 admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding+
admissionregistration.k8s.io/v1beta1 16 22 admissionregistration.k8s.io/v1 MutatingWebhookConfiguration+
admissionregistration.k8s.io/v1beta1 16 22 admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration+
admissionregistration.k8s.io/v1beta1 31 34 - ValidatingAdmissionPolicy+ ValidatingAdmissionPolicyBinding+
apps/v1beta1 8 16 apps/v1 ControllerRevision+ Deployment+ DeploymentRollback StatefulSet+
apps/v1beta1 8 16 autoscaling/v1 Scale
apps/v1beta2 9 16 apps/v1 ControllerRevision+ DaemonSet+ Deployment+ ReplicaSet+ StatefulSet+
apps/v1beta2 9 16 autoscaling/v1 Scale
authentication.k8s.io/v1alpha1 29 32 - SelfSubjectReview
authentication.k8s.io/v1beta1 30 33 - SelfSubjectReview
authentication.k8s.io/v1beta1 19 22 authentication.k8s.io/v1 TokenReview
authorization.k8s.io/v1beta1 19 22 authorization.k8s.io/v1 LocalSubjectAccessReview SelfSubjectAccessReview
authorization.k8s.io/v1beta1 19 22 authorization.k8s.io/v1 SelfSubjectRulesReview SubjectAccessReview
batch/v1beta1 21 25 batch/v1 CronJob+
certificates.k8s.io/v1alpha1 34 37 - ClusterTrustBundle+
certificates.k8s.io/v1beta1 19 22 certificates.k8s.io/v1 CertificateSigningRequest+
certificates.k8s.io/v1beta1 37 40 certificates.k8s.io/v1 ClusterTrustBundle+ PodCertificateRequest+
coordination.k8s.io/v1alpha2 35 38 - LeaseCandidate+
coordination.k8s.io/v1beta1 19 22 coordination.k8s.io/v1 Lease+
coordination.k8s.io/v1beta1 36 39 - LeaseCandidate+
discovery.k8s.io/v1beta1 21 25 discovery.k8s.io/v1 EndpointSlice EndpointSliceList=EndpointSlice
events.k8s.io/v1beta1 22 25 - Event+
extensions/v1beta1 8 16 apps/v1 DaemonSet+ Deployment+ ReplicaSet+
extensions/v1beta1 8 16 - DeploymentRollback
extensions/v1beta1 14 22 networking.k8s.io/v1 Ingress+
extensions/v1beta1 9 16 networking.k8s.io/v1 NetworkPolicy+
extensions/v1beta1 2 16 - Scale
flowcontrol.apiserver.k8s.io/v1beta1 23 26 flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema+
flowcontrol.apiserver.k8s.io/v1beta1 23 26 flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration+
flowcontrol.apiserver.k8s.io/v1beta2 26 29 flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema+
flowcontrol.apiserver.k8s.io/v1beta2 26 29 flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration+
flowcontrol.apiserver.k8s.io/v1beta3 29 32 flowcontrol.apiserver.k8s.io/v1 FlowSchema+ PriorityLevelConfiguration+
networking.k8s.io/v1beta1 34 37 - IPAddress+ ServiceCIDR+
networking.k8s.io/v1beta1 19 22 networking.k8s.io/v1 Ingress+ IngressClass=IngressClassList IngressClassList
node.k8s.io/v1beta1 22 25 - RuntimeClass+
policy/v1beta1 22 25 - Eviction
policy/v1beta1 21 25 policy/v1 PodDisruptionBudget+
rbac.authorization.k8s.io/v1beta1 17 22 rbac.authorization.k8s.io/v1 ClusterRole+ ClusterRoleBinding+ Role+
rbac.authorization.k8s.io/v1beta1 17 22 rbac.authorization.k8s.io/v1 RoleBinding+
resource.k8s.io/v1alpha3 36 39 - DeviceTaintRule+
resource.k8s.io/v1alpha3 39 42 - ResourcePoolStatusRequest+
resource.k8s.io/v1beta1 35 38 - DeviceClass+ ResourceClaim+ ResourceClaimTemplate+ ResourceSlice+
resource.k8s.io/v1beta2 36 39 - DeviceClass+ ResourceClaim+ ResourceClaimTemplate+ ResourceSlice+
resource.k8s.io/v1beta2 39 42 - DeviceTaintRule+
scheduling.k8s.io/v1beta1 14 22 scheduling.k8s.io/v1 PriorityClass+
storage.k8s.io/v1alpha1 21 24 storage.k8s.io/v1beta1 CSIStorageCapacity+
storage.k8s.io/v1alpha1 21 24 storage.k8s.io/v1 VolumeAttachment+
storage.k8s.io/v1alpha1 32 35 storage.k8s.io/v1 VolumeAttributesClass+
storage.k8s.io/v1beta1 19 22 storage.k8s.io/v1 CSIDriver+ StorageClass+ VolumeAttachment+
storage.k8s.io/v1beta1 17 22 storage.k8s.io/v1 CSINode CSINodeList=CSINode
storage.k8s.io/v1beta1 24 27 storage.k8s.io/v1 CSIStorageCapacity+
storage.k8s.io/v1beta1 34 37 storage.k8s.io/v1 VolumeAttributesClass+
storagemigration.k8s.io/v1beta1 37 40 storagemigration.k8s.io/v1 StorageVersionMigration+
v1 19 - - ComponentStatus+
v1 33 - discovery.k8s.io/v1 Endpoints=EndpointSlice EndpointsList=EndpointSliceList
"""


def deprecation(api_version: str, kind: str, minor: str = "") -> str | None:
    """Return Kubernetes' warning about an API that is deprecated in version 1.``minor``, None if it is not."""
    fact = _facts().get((api_version, kind))
    if fact is None:
        return None
    since, warning = fact
    digits = "".join(character for character in minor if character.isdigit())
    return warning if (int(digits) if digits else DEFAULT_MINOR) >= since else None


@cache
def _facts() -> dict[tuple[str, str], tuple[int, str]]:
    facts = {}
    for row in _TABLE.splitlines():
        api_version, since, removed, successor, *kinds = row.split()
        for entry in kinds:
            plain, _, other = entry.partition("=")
            kind = plain.removesuffix("+")
            for suffix in ("", "List") if plain.endswith("+") else ("",):
                warning = f"{api_version} {kind}{suffix} is deprecated in v1.{since}+"
                if removed != "-":
                    warning += f", unavailable in v1.{removed}+"
                if successor != "-":
                    warning += f"; use {successor} {other or kind + suffix}"
                facts[api_version, kind + suffix] = (int(since), warning)
    return facts
