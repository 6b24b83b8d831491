//! What browsers may ask from pages of other origins: what hydra-node's server lets them, which is little.
//!
//! Only requests that need no leave are let through, and GET, HEAD and POST. A page that wants to send JSON calls it
//! text.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE, ORIGIN,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

const METHODS: [&str; 3] = ["GET", "HEAD", "POST"];
const HEADERS: [&str; 3] = ["accept", "accept-language", "content-language"];

/// The answer to a browser that asks for leave; `None` to any other request.
pub(crate) fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
    if *method != Method::OPTIONS || !headers.contains_key(ORIGIN) {
        return None;
    }
    Some(match leave(headers) {
        Ok(granted) => {
            let mut response = StatusCode::OK.into_response();
            response.headers_mut().extend(granted);
            allow(headers, &mut response);
            response
        }
        Err(reason) => {
            (StatusCode::BAD_REQUEST, [(CONTENT_TYPE, "text/html; charset-utf-8")], reason).into_response()
        }
    })
}

/// Lets pages of any origin read an answer.
pub(crate) fn allow(request: &HeaderMap, response: &mut Response) {
    if request.contains_key(ORIGIN) {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
}

fn leave(headers: &HeaderMap) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let method = text(ACCESS_CONTROL_REQUEST_METHOD)
        .ok_or("a preflight request names a method in Access-Control-Request-Method, found none")?;
    if !METHODS.contains(&method) {
        return Err(format!("a page may use {}, asked for {method}", METHODS.join(", ")));
    }
    let mut granted = vec![(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST"))];
    if let Some(asked) = text(ACCESS_CONTROL_REQUEST_HEADERS) {
        let asked = asked.split(',').map(|name| name.trim().to_ascii_lowercase());
        if let Some(other) = asked.into_iter().find(|name| !HEADERS.contains(&name.as_str())) {
            return Err(format!("a page may set {}, asked for {other}", HEADERS.join(", ")));
        }
        let all = HeaderValue::from_static("accept, accept-language, content-language");
        granted.push((ACCESS_CONTROL_ALLOW_HEADERS, all));
    }
    Ok(granted)
}
