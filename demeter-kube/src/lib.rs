//! demeter-kube
